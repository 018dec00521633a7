"""Weights that an operator has put into the data folder: a folder for each model, pinned by a manifest, never fetched by a scorer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

MANIFEST = "manifest.json"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder of weights holds. `sha256` is that of the checkpoint as it was given, `files` those of everything in the folder."""

    scorer: str
    model: str
    source: str
    sha256: str
    classes: tuple[str, ...]
    added_ms: int
    files: Mapping[str, str]

    @property
    def pin(self) -> str:
        """Changes with whatever decides a score: the checkpoint as given, and the files beside it."""
        beside = sorted((name, digest) for name, digest in self.files.items() if not name.endswith(".ckpt"))  # ours names its own folder
        return hashlib.sha256(json.dumps([self.sha256, beside]).encode()).hexdigest()

    def text(self) -> str:
        """What `read_manifest` reads."""
        return json.dumps(asdict(self), indent=2)


def folder_of(weights: Path, scorer: str, model: str) -> Path:
    """Where a scorer's weights are kept."""
    return weights / f"{scorer}-{model}"


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a folder, None where there is none; ValueError where it cannot be read."""
    try:
        document = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    try:
        return Manifest(**{**document, "classes": tuple(document["classes"])})
    except (KeyError, TypeError) as error:
        raise ValueError(f"{folder / MANIFEST} is not a manifest: {error} → add the weights again") from error


def installed(weights: Path) -> list[tuple[Path, Manifest]]:
    """Every folder of weights with its manifest, by name; those that cannot be read are left out."""
    found = []
    for folder in sorted(weights.iterdir()) if weights.is_dir() else []:
        try:
            manifest = read_manifest(folder)
        except ValueError:
            continue
        if manifest is not None:
            found.append((folder, manifest))
    return found


def changed(folder: Path, manifest: Manifest) -> list[str]:
    """The files that are not what the manifest says they are."""
    return [name for name, digest in manifest.files.items() if not (folder / name).is_file() or sha256(folder / name) != digest]


def sha256(file: Path) -> str:
    """The SHA-256 of a file, as hex."""
    digest = hashlib.sha256()
    with file.open("rb") as handle:
        while piece := handle.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()
