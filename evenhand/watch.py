"""The configuration as it is checked, passed on, and watched for changes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evenhand import resources
from evenhand.configuration import read
from gateway import prices
from gateway.settings import ConfigError, Loaded, Settings, digest_of

Contents = tuple[tuple[Path, bytes | None], ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """A configuration that was checked, with the text of the price file in force.

    ``snapshot`` is what children read; its last line names the prices, so that its hash, ``digest``, is of both.
    """

    loaded: Loaded
    prices: str

    @property
    def settings(self) -> Settings:
        return self.loaded.settings

    @property
    def snapshot(self) -> str:
        text = self.loaded.text
        return f"{text}{'' if text.endswith(chr(10)) else chr(10)}# with the prices {digest_of(self.prices)}\n"

    @property
    def digest(self) -> str:
        return digest_of(self.snapshot)


@dataclass(frozen=True, slots=True)
class Refused:
    """A configuration that cannot be used, and why, one mistake a line."""

    mistakes: tuple[str, ...]


def take(path: Path, *, unset_is_mistake: bool = True) -> Taken:
    """Read and check everything that makes a configuration. Raises ``ConfigError``."""
    loaded = read(path, unset_is_mistake=unset_is_mistake)
    return Taken(loaded, prices.text_of(price_file(loaded.settings)))


def price_file(settings: Settings) -> Path:
    """The price file in force: the configuration's, or else the shipped one."""
    return settings.prices.file or resources.path("config/prices.yaml")


class Watch:
    """Looks at the files of a configuration. A change counts once it has stood from one look to the next, or when asked for ``now``.

    ``faults`` says what is wrong with settings beside what stands in the file, such as an open address without a master key.
    """

    def __init__(self, path: Path, running: Taken, faults: Callable[[Settings], list[str]]) -> None:
        self._path, self._faults = path, faults
        self.running = running
        self._priced = {price_file(running.settings)}
        self._handled = self._seen = self._contents()

    def look(self, *, now: bool = False) -> Taken | Refused | None:
        """The configuration as it stands now, where it has changed since the last answer; may be the one that runs."""
        contents = self._contents()
        settled, self._seen = contents == self._seen, contents
        if not now and (contents == self._handled or not settled):
            return None
        try:
            taken = take(self._path)
        except ConfigError as error:
            named = error.readable.prices.file if error.readable is not None else None
            self._look_at(self.running.settings, named)
            return Refused(tuple(map(str, error.mistakes)))
        self._look_at(taken.settings)
        faults = self._faults(taken.settings)
        return Refused(tuple(faults)) if faults else taken

    def _look_at(self, settings: Settings, *more: Path | None) -> None:
        """Watch the price files that matter from now on; what is in them now is handled."""
        self._priced = {price_file(settings), *(file for file in more if file is not None)}
        self._handled = self._seen = self._contents()

    def _contents(self) -> Contents:
        return tuple((path, _bytes(path)) for path in (self._path, *sorted(self._priced)))


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def differences(before: Settings, after: Settings) -> list[str]:
    """The settings that were changed and are only looked at when the server starts."""
    changed = []
    if before.data_dir != after.data_dir:
        changed.append("data_dir")
    if before.metrics.listen != after.metrics.listen:
        changed.append("metrics.listen")
    if before.metrics.genai_names != after.metrics.genai_names:
        changed.append("metrics.genai_names")
    return changed
