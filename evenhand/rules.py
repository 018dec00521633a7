"""``evenhand rules``: Prometheus's rules, written from the configuration to standard output."""

import argparse
import sys

from evenhand.configuration import add_config_argument, read_or_exit
from monitors import alerts


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser("rules", help="write the Prometheus rules of a configuration")
    add_config_argument(parser)
    parser.add_argument(
        "--format", choices=("prometheus", "operator"), default="prometheus", help="a rule file, or a PrometheusRule manifest"
    )
    parser.add_argument("--runbooks", metavar="URL", help="where the runbooks are; default: the console's own copy under /runbooks")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the rules and return 0, or exit with 2; unset variables are warnings here."""
    _, loaded = read_or_exit(arguments.config, unset_is_mistake=False)
    monitor = loaded.settings.monitor
    console = (monitor.console_url if monitor else None) or alerts.CONSOLE
    write = alerts.operator_manifest if arguments.format == "operator" else alerts.prometheus_file
    sys.stdout.write(write(alerts.groups(loaded.settings), arguments.runbooks or f"{console.rstrip('/')}/runbooks"))
    return 0
