"""The children by their roles: what starts each, and the files through which it gets its configuration."""

import secrets
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from evenhand.child import Child
from evenhand.data_dir import write_private
from evenhand.ports import BACKLOG, Ports
from evenhand.watch import Taken
from gateway.routing import TRANSLATE_FILE, Translator
from gateway.settings import answer

MONITOR, TRANSLATE = "monitor", "translate"


@dataclass(frozen=True)
class Translation:
    """A translate process, the socket on which requests wait for it, what others have to know to reach it, and the files it reads."""

    child: Child
    listener: socket.socket
    translator: Translator
    files: tuple[Path, ...]

    def close(self) -> None:
        """Nobody comes back to it."""
        self.listener.close()
        for file in self.files:
            file.unlink(missing_ok=True)


@dataclass
class Roles:
    """Makes the children of one server. ``bind_console`` listens for a monitor that comes later; it raises ``BindError``."""

    data_dir: Path
    ports: Ports
    drain_seconds: int
    bind_console: Callable[[], socket.socket]
    console: socket.socket | None = field(init=False)
    _translations: int = 0

    def __post_init__(self) -> None:
        self.console = self.ports.console

    @property
    def run_dir(self) -> Path:
        """Where the files of this run are."""
        return self.data_dir / "run"

    def write(self, taken: Taken, translation: Translation | None) -> None:
        """Put a configuration where children read it, the configuration itself last. Raises ``OSError``."""
        if translation is not None:
            write_private(self.run_dir / TRANSLATE_FILE, translation.translator.text())
        write_private(self.run_dir / "prices.yaml", taken.prices)
        write_private(self.run_dir / "config.yaml", taken.snapshot)

    def workers(self, count: int) -> list[Child]:
        """Gateway workers on the socket that all of them share."""
        return [self._worker(number, self.ports.gateway) for number in range(count)] if self.ports.gateway is not None else []

    def _worker(self, number: int, listener: socket.socket) -> Child:
        name = f"gateway-{number}"
        words = [*_python("gateway"), *self._shared(), "--name", name]
        words += ["--fd", str(listener.fileno()), "--drain-seconds", str(self.drain_seconds)]
        sockets = [listener.fileno()]
        if self.ports.metrics is not None:
            words += ["--metrics-fd", str(self.ports.metrics.fileno())]
            sockets.append(self.ports.metrics.fileno())
        return Child(name, words, sockets, answers=self._answers(name), counts=True)

    def monitor(self) -> Child:
        """The monitor, on the console's socket, which is bound where it is not yet. Raises ``BindError``."""
        if self.console is None:
            self.console = self.bind_console()
        fd = self.console.fileno()
        words = [*_python("monitors"), *self._shared(), "--fd", str(fd)]
        return Child(MONITOR, words, [fd], answers=self._answers(MONITOR))

    def no_monitor(self) -> None:
        """Nobody answers on the console's port any more."""
        if self.console is not None:
            self.console.close()
            self.console = None

    def translation(self, taken: Taken) -> Translation:
        """A translate process of its own for each set of models, with a new socket and secret. Raises ``OSError``.

        Requests wait on its socket while it is being started again.
        """
        self._translations += 1
        name = f"{TRANSLATE}-{self._translations}"
        config, secret = self.run_dir / f"{name}.yaml", self.run_dir / f"{name}.json"
        listener = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
        translator = Translator(f"http://127.0.0.1:{listener.getsockname()[1]}", secrets.token_hex(32))
        try:
            write_private(config, taken.snapshot)
            write_private(secret, translator.text())
        except OSError:
            listener.close()
            raise
        answers, fd = self._answers(name), listener.fileno()
        words = [*_python("gateway.translate"), "--config", str(config), "--fd", str(fd), "--secret-file", str(secret)]
        words += ["--answers", str(answers), "--drain-seconds", str(self.drain_seconds)]
        return Translation(Child(TRANSLATE, words, [fd], last=True, answers=answers), listener, translator, (config, secret))

    def _shared(self) -> list[str]:
        files = ["--config", str(self.run_dir / "config.yaml"), "--prices", str(self.run_dir / "prices.yaml")]
        return [*files, "--data-dir", str(self.data_dir)]

    def _answers(self, name: str) -> Path:
        return self.data_dir / answer.FOLDER / f"{name}.json"


def _python(module: str) -> list[str]:
    return [sys.executable, "-m", module]
