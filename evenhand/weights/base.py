"""Where a checkpoint's other half comes from: the configuration of its architecture and the files of its tokenizer."""

import os
from collections.abc import Mapping
from pathlib import Path

CONFIG = "config.json"
TOKENIZER = (
    *("tokenizer_config.json", "tokenizer.json", "vocab.txt", "vocab.json", "merges.txt"),
    *("sentencepiece.bpe.model", "spiece.model", "special_tokens_map.json", "added_tokens.json"),
)
VOCABULARIES = frozenset({"tokenizer.json", "vocab.txt", "vocab.json", "sentencepiece.bpe.model", "spiece.model"})
PREFIXES = {"original": "toxic_original-", "unbiased": "toxic_debiased-", "multilingual": "multilingual_debiased-"}


class BaseMissingError(Exception):
    """The configuration or the tokenizer is not to be found; the message says where it was looked for."""


def torch_cache(model: str, environ: Mapping[str, str] = os.environ) -> Path:
    """The checkpoint that Detoxify downloaded at some time, in torch's cache."""
    home = Path(environ.get("TORCH_HOME") or Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "torch")
    folder = home / "hub" / "checkpoints"
    found = sorted(folder.glob(f"{PREFIXES[model]}*.ckpt"))
    if not found:
        raise BaseMissingError(f"no checkpoint of {model} in {folder} → name the file, or run evenhand weights pull toxicity")
    return found[-1]


def base_files(given: Path | None, beside: Path, name: str, environ: Mapping[str, str] = os.environ) -> dict[str, Path]:
    """``config.json`` and the tokenizer's files by name: of the folder given, else beside the checkpoint, else in the hub's cache.

    ``name`` is what the architecture is called on the hub, such as ``bert-base-uncased``.
    """
    places = [given] if given is not None else [beside, *_hub_cache(name, environ)]
    for place in places:
        found = {file: place / file for file in (CONFIG, *TOKENIZER) if (place / file).is_file()}
        if CONFIG in found and VOCABULARIES & found.keys():
            return found
    looked = ", ".join(str(place) for place in places)
    raise BaseMissingError(
        f"config.json and a vocabulary of {name} are not in {looked} → copy them beside the checkpoint, or name their folder with --base"
    )


def _hub_cache(name: str, environ: Mapping[str, str]) -> list[Path]:
    home = Path(environ.get("HF_HOME") or Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "huggingface")
    hub = Path(environ.get("HF_HUB_CACHE") or home / "hub")
    folders = [hub / f"models--{spelling.replace('/', '--')}" / "snapshots" for spelling in (name, f"google-bert/{name}")]
    return [place for folder in folders for place in sorted(folder.glob("*"))]
