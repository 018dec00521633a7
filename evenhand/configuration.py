"""Which configuration file a command reads, and how its mistakes are told."""

import argparse
import os
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

from evenhand import resources
from gateway.prices import faults
from gateway.settings import ConfigError, Finding, Loaded, Settings, load
from gateway.settings.lines import Path as Place

LOCAL, EXAMPLE = Path("evenhand.yaml"), "config/evenhand.yaml"


def add_config_argument(parser: argparse.ArgumentParser) -> None:
    """``--config``, by default $EVENHAND_CONFIG, then ./evenhand.yaml, then the shipped example."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="default: $EVENHAND_CONFIG, ./evenhand.yaml, else the shipped example")


def config_path(given: Path | None) -> Path:
    """The file to read."""
    if given is not None:
        return given
    if named := os.environ.get("EVENHAND_CONFIG"):
        return Path(named)
    return LOCAL if LOCAL.exists() else resources.path(EXAMPLE)


def read_or_exit(given: Path | None, *, unset_is_mistake: bool) -> tuple[Path, Loaded]:
    """The path and settings; every mistake goes to standard error and ends the program with code 2, warnings go there and do not."""
    path = config_path(given)
    try:
        loaded = read(path, unset_is_mistake=unset_is_mistake)
    except ConfigError as error:
        tell_mistakes(error)
        raise SystemExit(2) from error
    tell_warnings(path, loaded, unset=not unset_is_mistake)
    return path, loaded


def read(path: Path, *, unset_is_mistake: bool) -> Loaded:
    """The settings, checked by both sides; raises ``ConfigError``."""
    return load(path, os.environ, unset_is_mistake=unset_is_mistake, also=_faults)


def _faults(settings: Settings, replaced: Collection[Place]) -> Iterator[Finding]:
    if settings.monitor is not None:
        from monitors.checks import unmet  # a quarter of a second, which a gateway alone does not have to wait for

        yield from unmet(settings, replaced)
    yield from faults(settings.prices)


def tell_warnings(path: Path, loaded: Loaded, *, unset: bool) -> None:
    """One line a warning on standard error, variables that are not set among them if asked for. The shipped example is named as such."""
    if path == resources.path(EXAMPLE):
        print(f"evenhand: this is of the shipped example {path}; a configuration of yours is ./{LOCAL}, or give --config", file=sys.stderr)
    for warning in (*loaded.warnings, *map(str, loaded.unset if unset else ())):
        print(f"evenhand: {path}: warning: {warning}", file=sys.stderr)


def tell_mistakes(error: ConfigError) -> None:
    """One line a mistake on standard error."""
    count = len(error.mistakes)
    print(f"evenhand: {error.source}: {count} mistake{'s' if count > 1 else ''}", file=sys.stderr)
    for mistake in error.mistakes:
        print(f"  {mistake}", file=sys.stderr)
