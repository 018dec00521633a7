"""``evenhand rules``: Prometheus's rules, written from the configuration to standard output."""

import argparse
import sys

from evenhand.addresses import console_of
from evenhand.configuration import add_config_argument, read_or_exit
from evenhand.help import command
from monitors import alerts


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the subcommand."""
    parser = command(
        subparsers,
        "rules",
        "Write the Prometheus rules of a configuration to standard output.",
        "evenhand rules --config evenhand.yaml > rules.yaml",
        "evenhand rules --format operator | kubectl apply -f -",
    )
    add_config_argument(parser)
    parser.add_argument(
        "--format", choices=("prometheus", "operator"), default="prometheus", help="a rule file, or a PrometheusRule manifest"
    )
    parser.add_argument(
        "--console",
        metavar="URL",
        help="how on-call reaches the console; default: monitor.console_url, else the one that runs here",
    )
    parser.add_argument("--runbooks", metavar="URL", help="where the runbooks are; default: the console's own copy under /runbooks")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the rules and return 0, or exit with 2; unset variables are warnings here."""
    _, loaded = read_or_exit(arguments.config, unset_is_mistake=False)
    settings, monitor = loaded.settings, loaded.settings.monitor
    console = arguments.console or (monitor.console_url if monitor else None)
    if console is None:
        console = console_of(settings.data_dir) or alerts.CONSOLE
        if monitor is not None:
            print(f"evenhand: links lead to {console}, which is for this machine only → set monitor.console_url", file=sys.stderr)
    if monitor is not None:
        settings = settings.model_copy(update={"monitor": monitor.model_copy(update={"console_url": console})})
    write = alerts.operator_manifest if arguments.format == "operator" else alerts.prometheus_file
    sys.stdout.write(write(alerts.groups(settings), arguments.runbooks or f"{console.rstrip('/')}/runbooks"))
    return 0
