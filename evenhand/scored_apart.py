"""What `check-config` says of the outcomes that a process of their own scores."""

from pathlib import Path

from gateway.settings import Settings
from monitors.scorers import Means
from monitors.scorers.toxicity import CATEGORIES, MODELS
from monitors.scorers.weights import folder_of, read_manifest
from monitors.scoring import entries_of


def summary(settings: Settings) -> list[str]:
    """Which outcomes run in the scorer process, and whether their weights are there, in lines for people."""
    entries = [entry for route in entries_of(settings, Means()).values() for entry in route.values() if entry.place == "process"]
    if not entries or settings.monitor is None:
        return []
    process = settings.monitor.scorer_process
    names = ", ".join(dict.fromkeys(entry.outcome for entry in entries))
    threads = f"{process.threads} thread{'s' if process.threads > 1 else ''}"
    lines = [f"a scorer process for {names}: {threads}, {process.timeout_seconds:g} s a batch, {process.max_memory_bytes >> 20:,} MB"]
    models = dict.fromkeys(str(entry.options.get("model", MODELS[0])) for entry in entries if entry.outcome in CATEGORIES)
    return [*lines, *(f"  toxicity {model:<15} {_state(settings.data_dir / 'weights', model)}" for model in models)]


def _state(weights: Path, model: str) -> str:
    try:
        manifest = read_manifest(folder_of(weights, "toxicity", model))
    except ValueError as error:
        return str(error)
    if manifest is None:
        return "weights missing, so no values → evenhand weights add toxicity PATH"
    return f"weights with sha256 {manifest.sha256[:16]}…"
