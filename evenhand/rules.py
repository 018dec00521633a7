"""``evenhand rules``: Prometheus's rules, written from the configuration to standard output."""

import argparse
import os
import sys
from pathlib import Path

from evenhand import resources
from gateway.settings import ConfigError, load
from monitors import alerts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the subcommand."""
    parser.add_argument("--config", type=Path, help="default: $EVENHAND_CONFIG, then ./evenhand.yaml, then the shipped example")
    parser.add_argument(
        "--format", choices=("prometheus", "operator"), default="prometheus", help="a rule file, or a PrometheusRule manifest"
    )
    parser.add_argument("--runbooks", metavar="URL", help="where the runbooks are; default: the console's own copy under /runbooks")


def run(arguments: argparse.Namespace) -> int:
    """Write the rules; 0, or 2 with every mistake of the configuration on standard error."""
    file = arguments.config or _default_config()
    try:
        loaded = load(file, os.environ, unset_is_mistake=False)
    except ConfigError as error:
        for mistake in error.mistakes:
            sys.stderr.write(f"{error.source}: {mistake}\n")
        return 2
    for warning in (*map(str, loaded.unset), *loaded.warnings):
        sys.stderr.write(f"warning: {file}: {warning}\n")
    console = (loaded.settings.monitor.console_url if loaded.settings.monitor else None) or alerts.CONSOLE
    runbooks = arguments.runbooks or f"{console.rstrip('/')}/runbooks"
    write = alerts.operator_manifest if arguments.format == "operator" else alerts.prometheus_file
    sys.stdout.write(write(alerts.groups(loaded.settings), runbooks))
    return 0


def _default_config() -> Path:
    named = os.environ.get("EVENHAND_CONFIG")
    if named:
        return Path(named)
    local = Path("evenhand.yaml")
    return local if local.exists() else resources.path("config/evenhand.yaml")
