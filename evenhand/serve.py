"""``evenhand serve``: check everything that can be wrong before anything runs, then hand over to the supervisor."""

import argparse
import ipaddress
import os
import sys

from evenhand.configuration import add_config_argument, config_path, tell_mistakes, tell_warnings
from evenhand.data_dir import DataDirError, check_not_in_use, open_data_dir
from evenhand.help import command
from evenhand.ports import BindError, Ports, bind
from evenhand.supervise import Options, supervise
from evenhand.watch import Taken, take
from gateway.settings import ConfigError, Settings

MOST_WORKERS_A_CPU = 16  # beyond it a slip of the finger takes the machine down


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the subcommand."""
    parser = command(
        subparsers,
        "serve",
        "Run the gateway and, with a monitor: section, the monitor. A changed configuration is taken up meanwhile. "
        "Exit codes: 0 ended as asked, 2 could not start, with everything that is wrong.",
        "evenhand serve",
        "evenhand serve --config /etc/evenhand.yaml --host 0.0.0.0 --workers 4",
    )
    add_config_argument(parser)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; another than 127.0.0.1 needs a master key")
    parser.add_argument("--port", type=int, default=4000, help="port of the gateway (default 4000)")
    parser.add_argument("--console-port", type=int, default=4100, help="port of console and monitor metrics (default 4100)")
    parser.add_argument("--workers", type=int, default=1, help="gateway processes (default 1)")
    parser.add_argument("--drain-seconds", type=int, default=30, help="time that running requests get at the end (default 30)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C. Exit code 2, with everything that is wrong told, when it cannot start."""
    path = config_path(arguments.config)
    taken: Taken | None = None
    wrong: ConfigError | None = None
    try:
        taken = take(path)
    except ConfigError as error:
        wrong = error
    settings = taken.settings if taken else wrong.readable if wrong else None
    ports, faults = _listen(arguments, settings)
    faults += _faults(arguments, settings, wrong)
    if wrong is not None:
        tell_mistakes(wrong)
    for fault in faults:
        print(f"evenhand: {fault}", file=sys.stderr)
    if faults or taken is None:
        ports.close()
        return 2
    tell_warnings(path, taken.loaded, unset=False)

    def open_to_others(settings: Settings) -> list[str]:
        return _open_to_others(arguments.host, settings)

    options = Options(arguments.host, arguments.console_port, arguments.workers, arguments.drain_seconds, open_to_others)
    try:
        with open_data_dir(taken.settings.data_dir) as folder:
            return supervise(path, taken, folder, ports, options)
    except DataDirError as error:
        print(f"evenhand: {error}", file=sys.stderr)
        return 2


def _listen(arguments: argparse.Namespace, settings: Settings | None) -> tuple[Ports, list[str]]:
    """The sockets, and what is wrong with the addresses; of a file that cannot be read at all only the gateway's is known."""
    monitored = settings is not None and settings.monitor is not None
    metrics = settings.metrics.listen if settings else None
    try:
        return bind(arguments.host, arguments.port, arguments.console_port if monitored else None, metrics), []
    except BindError as error:
        return Ports(), error.faults


def _faults(arguments: argparse.Namespace, settings: Settings | None, wrong: ConfigError | None) -> list[str]:
    """What is wrong beside the file and the addresses, as far as the file's mistakes let it be known."""
    most = MOST_WORKERS_A_CPU * (os.cpu_count() or 1)
    faults = [] if 1 <= arguments.workers <= most else [f"--workers {arguments.workers} → 1 to {most} on this machine, one a CPU is many"]
    faults += [f"--drain-seconds {arguments.drain_seconds} → 0 or more"] if arguments.drain_seconds < 0 else []
    if settings is None:
        return faults
    doubtful = {mistake.where.partition(".")[0] for mistake in wrong.mistakes} if wrong else set()
    if "general_settings" not in doubtful:
        faults += _open_to_others(arguments.host, settings)
    if "data_dir" not in doubtful:
        try:
            check_not_in_use(settings.data_dir)
        except DataDirError as error:
            faults.append(str(error))
    return faults


def _open_to_others(host: str, settings: Settings) -> list[str]:
    if settings.general_settings.master_key is not None or _is_loopback(host):
        return []
    return [f"--host {host} is open to others and general_settings.master_key is not set → set it, or listen on 127.0.0.1"]


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
