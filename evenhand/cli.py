"""The command line. A subcommand's module is imported when it is chosen, so that none pays for another."""

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from importlib.metadata import version

COMMANDS: dict[str, tuple[str, str]] = {
    "serve": ("evenhand.serve", "run the gateway and, with a monitor: section, the monitor"),
    "demo": ("evenhand.demo", "watch a planted gap being found on this machine, without an account or a network"),
    "keys": ("evenhand.keys", "create, list and revoke virtual keys"),
    "check-config": ("evenhand.check_config", "say what a configuration runs, or every mistake in it"),
    "rules": ("evenhand.rules", "write the Prometheus rules of a configuration"),
    "rewrite": ("evenhand.rewrite", "swap the groups that a text mentions"),
    "export": ("evenhand.export", "write cells as CSV or JSON"),
    "score": ("evenhand.score", "turn replies into outcomes"),
    "weights": ("evenhand.weights", "add, check and list the weights of scorers"),
}
"""Subcommands by name: the module that has ``add_parser``, and one line of help.

Exit codes: 0 fine, 1 a gate was not met, 2 bad input or configuration, 4 undefined.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit code; 130 where Ctrl-C ended it."""
    try:
        return _run(argv)
    except KeyboardInterrupt:
        return 130


def _run(argv: Sequence[str] | None) -> int:
    words = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser("evenhand", description="An OpenAI-compatible LLM gateway with inline bias monitoring.")
    parser.add_argument("--version", action="version", version=f"evenhand {version('evenhand')}")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    chosen = next((word for word in words if not word.startswith("-")), None)
    for name, (module, summary) in COMMANDS.items():
        if name == chosen:
            importlib.import_module(module).add_parser(subparsers)
        else:
            subparsers.add_parser(name, help=summary)
    arguments, unknown = parser.parse_known_args(words)
    if unknown:  # told with the usage of the command, not with that of them all
        (subparsers.choices.get(chosen or "") or parser).error(f"unrecognized arguments: {' '.join(unknown)}")
    try:
        code: int = arguments.run(arguments)
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE if hasattr(signal, "SIGPIPE") else 1
    return code
