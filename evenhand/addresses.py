"""Where a running server can be reached: told in a file of its data_dir, for commands that are started beside it."""

import json
from pathlib import Path
from socket import socket

from evenhand.data_dir import DataDirError, check_not_in_use, write_private
from evenhand.ports import Ports

FILE = Path("run") / "addresses.json"


def urls(ports: Ports) -> dict[str, str]:
    """The addresses that are listened on, by what is there."""
    bound = {"gateway": ports.gateway, "console": ports.console, "metrics": ports.metrics}
    return {name: _url(listener) for name, listener in bound.items() if listener is not None}


def tell(data_dir: Path, ports: Ports) -> None:
    """Write them down as they are reached from this machine. Raises ``OSError``."""
    there = {name: url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:") for name, url in urls(ports).items()}
    write_private(data_dir / FILE, json.dumps(there))


def console_of(data_dir: Path) -> str | None:
    """The console of the server that runs on a folder now, for this machine; None without one."""
    try:
        check_not_in_use(data_dir)
    except DataDirError:
        try:
            url = json.loads((data_dir / FILE).read_text(encoding="utf-8")).get("console")
        except (OSError, ValueError, AttributeError):
            return None
        return url if isinstance(url, str) else None
    return None


def _url(listener: socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
