"""The addresses that a server listens on, bound before anything runs and inherited by its children."""

import errno
import socket
from dataclasses import dataclass

BACKLOG = 2048


class BindError(Exception):
    """One or more addresses cannot be listened on; ``faults`` says which and why."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Ports:
    """The listening sockets that children inherit."""

    gateway: socket.socket | None = None
    console: socket.socket | None = None
    metrics: socket.socket | None = None

    def close(self) -> None:
        """Listen no more."""
        for bound in (self.gateway, self.console, self.metrics):
            if bound is not None:
                bound.close()


def bind(host: str, port: int, console_port: int | None, metrics: str | None) -> Ports:
    """Listen on every address at once; raises ``BindError`` with all that failed."""
    faults: list[str] = []

    def tried(address: str, number: int, option: str) -> socket.socket | None:
        try:
            return listen(address, number, option)
        except BindError as error:
            faults.extend(error.faults)
            return None

    ports = Ports(
        tried(host, port, "--port"),
        None if console_port is None else tried(host, console_port, "--console-port"),
        None if metrics is None else tried(metrics.rpartition(":")[0].strip("[]"), int(metrics.rpartition(":")[2]), "metrics.listen"),
    )
    if faults:
        ports.close()
        raise BindError(faults)
    return ports


def listen(address: str, port: int, option: str) -> socket.socket:
    """Listen on one address, which ``option`` chose. Raises ``BindError``."""
    if not 0 <= port < 65_536:
        raise BindError([f"{option} {port} is no port → 0 to 65535"])
    try:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return socket.create_server((address, port), family=family, backlog=BACKLOG, reuse_port=False)
    except OSError as error:
        raise BindError([f"{address}:{port} cannot be listened on: {error} → {_mend(error, option)}"]) from error


def _mend(error: OSError, option: str) -> str:
    if error.errno == errno.EADDRNOTAVAIL or (error.errno is not None and error.errno < 0):  # below 0: the name is not known
        return "give an address of this machine" + ("" if option == "metrics.listen" else " as --host")
    if isinstance(error, PermissionError):
        return f"give another {option}, above 1023"
    return f"stop what uses it, or give another {option}"
