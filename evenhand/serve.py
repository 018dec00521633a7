"""``evenhand serve``: check everything that can be wrong before anything runs, then hand over to the supervisor."""

import argparse
import ipaddress
import sys
from pathlib import Path

from evenhand.configuration import add_config_argument, read_or_exit
from evenhand.data_dir import DataDirError, open_data_dir
from evenhand.supervise import BindError, Ports, bind, supervise


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser("serve", help="run the gateway and, with a monitor: section, the monitor")
    add_config_argument(parser)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; another than 127.0.0.1 needs a master key")
    parser.add_argument("--port", type=int, default=4000, help="port of the gateway (default 4000)")
    parser.add_argument("--console-port", type=int, default=4100, help="port of console and monitor metrics (default 4100)")
    parser.add_argument("--workers", type=int, default=1, help="gateway processes (default 1)")
    parser.add_argument("--drain-seconds", type=int, default=30, help="time that running requests get at the end (default 30)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C. Exit code 2 for whatever is wrong before the start."""
    path, loaded = read_or_exit(arguments.config, unset_is_mistake=True)
    settings = loaded.settings
    faults = []
    if not _is_loopback(arguments.host) and settings.general_settings.master_key is None:
        faults.append(
            f"--host {arguments.host} is open to others and general_settings.master_key is not set → set it, or listen on 127.0.0.1"
        )
    if arguments.workers < 1:
        faults.append(f"--workers {arguments.workers} → at least 1")
    with_monitor = settings.monitor is not None
    ports = Ports()
    try:
        ports = bind(arguments.host, arguments.port, arguments.console_port if with_monitor else None, settings.metrics.listen)
    except BindError as error:
        faults += error.faults
    if faults:
        for fault in faults:
            print(f"evenhand: {fault}", file=sys.stderr)
        return 2
    try:
        with open_data_dir(settings.data_dir) as folder:
            return supervise(Path(path), loaded, folder, ports, workers=arguments.workers, drain_seconds=arguments.drain_seconds)
    except DataDirError as error:
        print(f"evenhand: {error}", file=sys.stderr)
        return 2


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
