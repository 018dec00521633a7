"""From a route's `outcomes:` section to its scorers, our own and those that other packages register."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from functools import partial
from importlib import resources
from importlib.metadata import entry_points
from typing import Any

from monitors.scorers.contract import AnyScorer, Means, OptionsError
from monitors.scorers.decision import Decision
from monitors.scorers.embedding import similarity
from monitors.scorers.judge import PREFIX, judge
from monitors.scorers.judge.rubric import SHIPPED
from monitors.scorers.language import Language
from monitors.scorers.length import Length
from monitors.scorers.moderation import moderation, perspective
from monitors.scorers.recommendation import PREFIX as LABELLED
from monitors.scorers.recommendation import recommendation
from monitors.scorers.refusal import Labeller, not_served, refusal
from monitors.scorers.sentiment import Sentiment
from monitors.scorers.tool_choice import tool_choice
from monitors.scorers.toxicity import CATEGORIES, toxicity

OUTCOMES = (
    "decision",
    "refusal",
    "not_served",
    "length",
    "language",
    "sentiment",
    "similarity",
    "tool_choice",
    "recommendation",
    "moderation",
    "perspective",
    *(PREFIX + name for name in SHIPPED),
    *CATEGORIES,
)
GROUP = "evenhand.scorers"


def build(outcomes: Mapping[str, Mapping[str, Any]], means: Means | None = None) -> dict[str, AnyScorer]:
    """The scorers of an `outcomes:` section, by outcome; every mistake in it is named in one ValueError, with how to mend it.

    An outcome that is not ours is looked up among the entry points `evenhand.scorers`: a callable that takes the outcome's section
    and returns a scorer. The key `tolerance` belongs to the test and is not read here. Nothing heavy is loaded: a scorer that needs a
    model loads it when it scores.
    """
    means = means or Means()
    makers = _makers(means)
    built: dict[str, AnyScorer] = {}
    wrong: list[str] = []
    for name, given in outcomes.items():
        section = {key: value for key, value in (given or {}).items() if key != "tolerance"}
        try:
            built[name] = _maker(name, makers, means)(section)
        except OptionsError as error:
            wrong += error.faults
        except ValueError as error:
            wrong.append(str(error))
    if wrong:
        raise OptionsError(wrong)
    return built


def mistakes(name: str, given: Mapping[str, Any]) -> list[tuple[tuple[str, ...], str, str]]:
    """What is wrong in an outcome's section as (path below the outcome, what, how to mend it); empty when it can be scored."""
    try:
        build({name: given})
    except ValueError as error:
        return [_told(name, given, fault) for fault in (error.faults if isinstance(error, OptionsError) else (str(error),))]
    return []


def _told(name: str, given: Mapping[str, Any], fault: str) -> tuple[tuple[str, ...], str, str]:
    field, colon, text = fault.partition(": ")
    if not colon or field.partition(".")[0] not in (name, name.partition("_")[0]):  # the words of a registered scorer
        return (), fault, "see that scorer's documentation"
    path = tuple(field.split(".")[1:])
    what, semicolon, mend = text.partition("; ")
    if semicolon:
        return path, what, mend
    return path, "cannot be used" if not path or path[0] in given else "is missing", text


def _makers(means: Means) -> dict[str, Callable[[Mapping[str, Any]], AnyScorer]]:
    def labeller() -> Labeller:
        return means.once("labeller", lambda: Labeller(_weights()))

    return {
        "decision": Decision.of,
        "refusal": lambda given: _bare("refusal", given, refusal(labeller())),
        "not_served": lambda given: _bare("not_served", given, not_served(labeller())),
        "length": lambda given: _bare("length", given, Length()),
        "language": Language,
        "sentiment": lambda given: _bare("sentiment", given, Sentiment()),
        "similarity": partial(similarity, means=means),
        "tool_choice": tool_choice,
        "recommendation": partial(recommendation, ""),
        "moderation": lambda given: moderation(given, means),
        "perspective": lambda given: perspective(given, means),
        **{category: partial(toxicity, category, means=means) for category in CATEGORIES},
    }


def _maker(
    name: str, makers: Mapping[str, Callable[[Mapping[str, Any]], AnyScorer]], means: Means
) -> Callable[[Mapping[str, Any]], AnyScorer]:
    """What builds an outcome's scorer: of one of our names, of a label or a rubric of the configuration's own, or of another package."""
    if name in makers:
        return makers[name]
    if name.startswith(LABELLED):
        return partial(recommendation, name.removeprefix(LABELLED))
    if name.startswith(PREFIX):
        return lambda given: judge(name, given, means)
    return partial(_foreign, name)


def _weights() -> str:
    """The shipped weights of the refusal model."""
    return resources.files("monitors.scorers.refusal").joinpath("weights.json").read_text(encoding="utf-8")


def _bare(name: str, given: Mapping[str, Any], scorer: AnyScorer) -> AnyScorer:
    if given:
        raise OptionsError([f"{name}.{key}: {name} has no fields but tolerance; remove it" for key in given])
    return scorer


def _foreign(name: str, given: Mapping[str, Any]) -> AnyScorer:
    registered = {point.name: point for point in entry_points(group=GROUP)}
    if name not in registered:
        known = (*OUTCOMES, *sorted(registered))
        near = difflib.get_close_matches(name, known, 1)
        raise ValueError(f"{name}: no such outcome" + (f"; did you mean {near[0]}?" if near else f"; there are {', '.join(known)}"))
    scorer: AnyScorer = registered[name].load()(given)
    if scorer.outcome != name:
        raise ValueError(f"{name}: the registered scorer measures {scorer.outcome}; register it under that name")
    return scorer
