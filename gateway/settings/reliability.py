"""What ``router_settings`` and the weights of deployments say that can be run but is hardly meant."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from gateway.settings.lines import Path
from gateway.settings.models import Settings
from gateway.settings.upstreams import BY_WEIGHT, LiteLLMParams

MEASURES = ("rpm", "tpm")


def measure_of(deployments: list[LiteLLMParams]) -> str | None:
    """By which setting the deployments of one model share its requests; None for equally.

    ``weight`` where any has one (then 1 is the weight of the others), else ``rpm`` or ``tpm`` where every one of them has it.
    """
    if any(params.weight is not None for params in deployments):
        return "weight"
    return next((measure for measure in MEASURES if all(getattr(params, measure) is not None for params in deployments)), None)


def routing_doubts(settings: Settings) -> Iterator[tuple[Path, str, str]]:
    """Each as (where, what, how to mend it)."""
    router = settings.router_settings
    if router.routing_strategy != BY_WEIGHT:
        what = f"deployments are chosen by weight, not by {router.routing_strategy}"
        yield ("router_settings", "routing_strategy"), what, f"write {BY_WEIGHT}, or leave it out"
    known = {entry.model_name for entry in settings.model_list}
    for position, entry in enumerate(router.fallbacks):
        for model, others in entry.items():
            where: Path = ("router_settings", "fallbacks", position, model)
            if model != "*" and not _serves(known, model):
                yield where, f"{model} is not a model_name, so nothing ever falls back from it", f"one of: {', '.join(sorted(known))}"
            for other in others:
                if (nowhere := _nowhere(known, other)) is not None:
                    yield where, *nowhere
    for position, other in enumerate(router.default_fallbacks):
        if (nowhere := _nowhere(known, other)) is not None:
            yield ("router_settings", "default_fallbacks", position), *nowhere
    yield from _uneven(settings)


def _uneven(settings: Settings) -> Iterator[tuple[Path, str, str]]:
    """Models of which some deployments have a measure and others have not."""
    positions: dict[str, list[int]] = {}
    for index, entry in enumerate(settings.model_list):
        positions.setdefault(entry.model_name, []).append(index)
    for name, indices in positions.items():
        deployments = [settings.model_list[index].litellm_params for index in indices]
        given = [measure for measure in MEASURES if any(getattr(params, measure) is not None for params in deployments)]
        if len(deployments) > 1 and given and measure_of(deployments) is None:
            what = f"not every deployment of {name} has {' or '.join(given)}, so each gets an equal share"
            yield ("model_list", indices[0]), what, "give each a weight"


def _nowhere(known: set[str], other: str) -> tuple[str, str] | None:
    """Why a fallback is passed over, as (what, how to mend it); None for one that leads somewhere."""
    if "*" in other:
        return f"{other} names no single model and is passed over", "name a model that it matches"
    return None if _serves(known, other) else (f"{other} is not a model_name and is passed over", f"one of: {', '.join(sorted(known))}")


def _serves(known: set[str], name: str) -> bool:
    return name in known or any("*" in pattern and fnmatchcase(name, pattern) for pattern in known)
