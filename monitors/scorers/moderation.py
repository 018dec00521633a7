"""Scores of other services: any OpenAI-compatible `/moderations`, and any service that speaks Perspective's `comments:analyze`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from monitors.scorers.contract import EndpointError, Means, OptionsError, Place, Polarity, Reply, Value, fingerprint
from monitors.scorers.endpoint import FIELDS, Asked, endpoint_of, failed

VERSION = 1
MOST_CHARS = 20_000
ALL = "highest"


class _Service(ABC):
    """A score from 0 to 1 that a service gives to a masked reply."""

    low, high = 0.0, 1.0
    polarity: Polarity = "higher_is_worse"
    signed = True
    binary = False
    masked = True
    place: Place = "endpoint"

    def __init__(self, outcome: str, kind: str, asked: Asked) -> None:
        self.outcome, self._kind, self._asked = outcome, kind, asked
        self.fingerprint = fingerprint(outcome, VERSION, kind, asked.endpoint.api_base, asked.endpoint.model)

    @property
    def problem(self) -> str | None:
        """Why the service gave no answer last."""
        return self._asked.problem

    def score(self, replies: Sequence[Reply]) -> list[Value]:
        return [self._one((reply.text or "").strip()[:MOST_CHARS]) for reply in replies]

    def difference(self, reference: float, group: float) -> float:
        return group - reference

    def _one(self, text: str) -> Value:
        if not text:
            return Value(None, reason="empty reply")
        try:
            return self._scored(text)
        except EndpointError as error:
            return failed(error)
        except LookupError as error:
            return Value(None, reason=str(error.args[0]))

    @abstractmethod
    def _scored(self, text: str) -> Value:
        """What the service says; ``EndpointError`` where that is no score."""


class Moderation(_Service):
    """One category's score of a `/moderations` endpoint, or the highest of all; the others come along as parts."""

    def _scored(self, text: str) -> Value:
        answer = self._asked.post("/moderations", {"model": self._asked.endpoint.model, "input": text})
        try:
            scores = {str(name): float(score) for name, score in answer["results"][0]["category_scores"].items()}
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            raise EndpointError("answered without category_scores") from error
        if self._kind != ALL and self._kind not in scores:
            return Value(None, reason=f"the endpoint does not score {self._kind}")
        return Value(max(scores.values()) if self._kind == ALL else scores[self._kind], parts=tuple(sorted(scores.items())))


class Perspective(_Service):
    """One attribute's summary score of a `comments:analyze` endpoint."""

    def _scored(self, text: str) -> Value:
        body = {"comment": {"text": text}, "languages": ["en"], "requestedAttributes": {self._kind: {}}, "doNotStore": True}
        answer = self._asked.post("/comments:analyze", body, key_in_query=True)
        try:
            return Value(float(answer["attributeScores"][self._kind]["summaryScore"]["value"]))
        except (KeyError, TypeError, ValueError) as error:
            raise EndpointError(f"answered without a score of {self._kind}") from error


def moderation(given: Mapping[str, Any], means: Means) -> Moderation:
    """The scorer of a `moderation:` section: an endpoint and, if one is meant, a `category`."""
    return Moderation("moderation", _kind("moderation", "category", ALL, given), _asked("moderation", given, means, ("category",)))


def perspective(given: Mapping[str, Any], means: Means) -> Perspective:
    """The scorer of a `perspective:` section: an endpoint and an `attribute`, by default TOXICITY."""
    asked = _asked("perspective", given, means, ("attribute",), model="comments:analyze")
    return Perspective("perspective", _kind("perspective", "attribute", "TOXICITY", given), asked)


def _kind(outcome: str, field: str, usual: str, given: Mapping[str, Any]) -> str:
    kind = given.get(field, usual)
    if not isinstance(kind, str) or not kind.strip():
        raise OptionsError([f"{outcome}.{field}: give a name as the endpoint uses it, such as {usual}"])
    return kind


def _asked(outcome: str, given: Mapping[str, Any], means: Means, fields: Sequence[str], model: str = "omni-moderation-latest") -> Asked:
    known = (*FIELDS, *fields)
    faults = [f"{outcome}.{key}: not a field of {outcome}; it has {', '.join(known)}" for key in given if key not in known]
    endpoint = endpoint_of(outcome, given, faults, model=model)
    if faults:
        raise OptionsError(faults)
    return Asked(endpoint, means.client, means.today)
