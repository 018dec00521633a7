"""Weights from the network, on the one command that asks for them: Detoxify's own addresses, and the hub for what belongs to them."""

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from evenhand.weights.base import CONFIG, TOKENIZER
from evenhand.weights.checkpoint import CheckpointError, read

_HASH = re.compile(r"-([0-9a-f]{8,})\.")
_CHUNK = 1 << 20
Tell = Callable[[str], None]


class DownloadError(Exception):
    """A file could not be fetched."""


@contextmanager
def pulled(model: str, weights: Path, tell: Tell) -> Iterator[tuple[Path, Path]]:
    """A checkpoint and the folder of its base files while the context lasts. Raises ``DownloadError``, ``CheckpointError``."""
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    from detoxify.detoxify import MODEL_URLS
    from huggingface_hub.constants import ENDPOINT

    folder = weights / ".pull"
    shutil.rmtree(folder, ignore_errors=True)
    weights.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, parents=True)
    try:
        with httpx.Client(follow_redirects=True, timeout=60) as client:
            url = MODEL_URLS[model]
            checkpoint = folder / url.rsplit("/", 1)[-1]
            digest = _fetch(client, url, checkpoint, tell)
            named = _HASH.search(checkpoint.name)
            if named is not None and not digest.startswith(named[1]):
                raise CheckpointError(f"{checkpoint.name} has the SHA-256 {digest}, its name says {named[1]}… → try again later")
            base = str(read(checkpoint).arch["model_type"])
            for name in (CONFIG, *TOKENIZER):
                _fetch(client, f"{ENDPOINT}/{base}/resolve/main/{name}", folder / name, tell, optional=name != CONFIG)
        yield checkpoint, folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fetch(client: httpx.Client, url: str, file: Path, tell: Tell, *, optional: bool = False) -> str:
    """Download to a file and return its SHA-256; an optional one that is not there gives an empty text."""
    digest = hashlib.sha256()
    try:
        with client.stream("GET", url) as reply:
            if optional and reply.status_code == 404:
                return ""
            reply.raise_for_status()
            size, told = int(reply.headers.get("content-length", 0)), 0
            tell(f"{url}  {size / 1e6:,.1f} MB")
            with file.open("wb") as handle:
                for piece in reply.iter_bytes(_CHUNK):
                    digest.update(piece)
                    handle.write(piece)
                    if size and reply.num_bytes_downloaded * 10 // size > told:
                        told = reply.num_bytes_downloaded * 10 // size
                        tell(f"  {told * 10} %")
    except httpx.HTTPError as error:
        raise DownloadError(f"{url} cannot be fetched: {error} → on a machine without a network, use evenhand weights add") from error
    return digest.hexdigest()
