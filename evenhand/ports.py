"""The addresses that a server listens on, bound before anything runs and inherited by its children."""

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
        for bound in (ports.gateway, ports.console, ports.metrics):
            if bound is not None:
                bound.close()
        raise BindError(faults)
    return ports


def listen(address: str, port: int, option: str) -> socket.socket:
    """Listen on one address, which ``option`` chose. Raises ``BindError``."""
    try:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return socket.create_server((address, port), family=family, backlog=BACKLOG, reuse_port=False)
    except (OSError, OverflowError) as error:
        raise BindError([f"{address}:{port} cannot be listened on: {error} → stop what uses it, or give another {option}"]) from error
