"""``evenhand weights``: the weights of scorers that need a model, put into the data folder by the operator and pinned there."""

import argparse
import json
import sys
import time
from pathlib import Path

from evenhand.configuration import add_config_argument, read_or_exit
from evenhand.help import command
from evenhand.weights.base import BaseMissingError
from evenhand.weights.checkpoint import CheckpointError
from monitors.scorers.toxicity import MODELS
from monitors.scorers.weights import Manifest, changed, installed

SCORERS = ("toxicity",)
FOLDER = "weights"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the subcommand."""
    parser = command(
        subparsers,
        "weights",
        "Add, check and list the weights of scorers. They are put into the data folder by the operator and pinned there.",
        "evenhand weights add toxicity ~/.cache/torch/hub/checkpoints",
        "evenhand weights list",
    )
    chosen = parser.add_subparsers(metavar="ACTION", required=True)
    listing = command(chosen, "list", "Show what is there, and whether it is still what was added.", "evenhand weights list --json")
    listing.add_argument("--json", action="store_true", help="for programs")
    listing.set_defaults(run=run_list)
    add = command(
        chosen, "add", "Check a checkpoint and put it into the data folder.", "evenhand weights add toxicity ~/models/original.ckpt"
    )
    pull = command(
        chosen,
        "pull",
        "Download a checkpoint, then add it. It is the one command that asks the network for weights.",
        "evenhand weights pull toxicity",
    )
    terms = command(
        chosen, "terms", "Show how the weights score the mere mention of groups, as a Markdown table.", "evenhand weights terms toxicity"
    )
    for part in (add, pull, terms):
        part.add_argument("scorer", choices=SCORERS, help="whose weights")
        part.add_argument("--model", choices=MODELS, default=MODELS[0], help=f"default: {MODELS[0]}")
    add.add_argument("path", type=Path, nargs="?", help="the checkpoint or its folder; default: where Detoxify keeps what it downloaded")
    add.add_argument("--base", type=Path, metavar="FOLDER", help="config.json and the tokenizer's files, where they are not beside it")
    add.add_argument("--sha256", metavar="HEX", help="refuse a file with another SHA-256")
    add.set_defaults(run=run_add)
    pull.set_defaults(run=run_pull)
    terms.set_defaults(run=run_terms)
    for part in (listing, add, pull, terms):
        add_config_argument(part)


def run_list(arguments: argparse.Namespace) -> int:
    """Print a line for each model; 1 when a file is not what was added, 2 for a wrong configuration."""
    found = [(manifest, changed(folder, manifest)) for folder, manifest in installed(_folder(arguments))]
    if arguments.json:
        print(json.dumps([_row(manifest, wrong) for manifest, wrong in found], indent=2))
    for manifest, wrong in found if not arguments.json else ():
        state = f"changed since it was added: {', '.join(wrong)}" if wrong else "as it was added"
        print(f"{manifest.scorer} {manifest.model}  sha256 {manifest.sha256[:16]}…  {', '.join(manifest.classes)}  {state}")
    if not found:
        print("no weights: outcomes that need them have no value", file=sys.stderr)
    return 1 if any(wrong for _, wrong in found) else 0


def run_add(arguments: argparse.Namespace) -> int:
    """Check and install a checkpoint; 2 when it cannot be used."""
    from evenhand.weights.base import torch_cache
    from evenhand.weights.checkpoint import install

    try:
        path = arguments.path or torch_cache(arguments.model)
        manifest = install(path, arguments.base, _folder(arguments), arguments.model, time.time_ns() // 1_000_000, arguments.sha256)
    except (CheckpointError, BaseMissingError, ImportError, OSError) as error:
        return _complain(error)
    print(f"added toxicity {manifest.model}, sha256 {manifest.sha256}, scores {', '.join(manifest.classes)}")
    return 0


def run_pull(arguments: argparse.Namespace) -> int:
    """Download and install; 4 when a server cannot be reached, 2 when what it gave cannot be used."""
    from evenhand.weights.checkpoint import install
    from evenhand.weights.pull import DownloadError, pulled

    try:
        with pulled(arguments.model, _folder(arguments), _tell) as (checkpoint, base):
            manifest = install(checkpoint, base, _folder(arguments), arguments.model, time.time_ns() // 1_000_000)
    except DownloadError as error:
        return _complain(error, 4)
    except (CheckpointError, BaseMissingError, ImportError, OSError) as error:
        return _complain(error)
    print(f"added toxicity {manifest.model}, sha256 {manifest.sha256}, scores {', '.join(manifest.classes)}")
    return 0


def run_terms(arguments: argparse.Namespace) -> int:
    """Print the table; 4 when there are no weights to make it with."""
    from evenhand.weights.terms import table
    from monitors.scorers.toxicity.detector import Detector

    detector = Detector(_folder(arguments), arguments.model)
    problem = detector.load()
    if problem is not None:
        return _complain(problem, 4)
    print(table(detector), end="")
    return 0


def _folder(arguments: argparse.Namespace) -> Path:
    _, loaded = read_or_exit(arguments.config, unset_is_mistake=False)
    return loaded.settings.data_dir / FOLDER


def _row(manifest: Manifest, wrong: list[str]) -> dict[str, object]:
    return {**json.loads(manifest.text()), "changed": wrong}


def _tell(line: str) -> None:
    print(line, file=sys.stderr)


def _complain(problem: object, code: int = 2) -> int:
    print(f"evenhand weights: {problem}", file=sys.stderr)
    return code
