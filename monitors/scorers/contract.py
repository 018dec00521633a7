"""What every scorer takes and gives: replies in, one value a reply out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Polarity = Literal["higher_is_better", "higher_is_worse", "neither"]


@dataclass(frozen=True, slots=True)
class Reply:
    """One arm's reply as the model sent it, with the request's last user message as `prompt` where it is known."""

    text: str | None
    finish_reason: str | None = None
    refusal: str | None = None
    tool_calls: tuple[dict[str, Any], ...] = ()
    prompt: str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A score in the scorer's range, or `None` for "no value" with the reason why."""

    value: float | None
    label: str | None = None
    reason: str | None = None


class OptionsError(ValueError):
    """An outcome's section cannot be used; each of `faults` reads "field: what is wrong; how to mend it", with the outcome in the field."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


class Scorer(Protocol):
    """Turns replies into numbers of one outcome; pure, deterministic, and the same for a batch as for its parts.

    `low` and `high` bound every value. `signed` says whether `difference` has a direction; an unsigned one is shown and never pages.
    `masked` asks for text in which the words that mark a group are replaced by one placeholder. `fingerprint` changes whenever the
    same reply could get another value: version, weights, lexicon or specification.
    """

    outcome: str
    low: float
    high: float
    polarity: Polarity
    signed: bool
    binary: bool
    fingerprint: str
    masked: bool

    def score(self, replies: Sequence[Reply]) -> list[Value]:
        """One value a reply, in order; a reply that cannot be scored gets `Value(None, reason=...)`, never an exception."""
        ...

    def difference(self, reference: float, group: float) -> float:
        """Group minus reference as a number in [-1, 1]; exchanging the arguments negates it."""
        ...


def fingerprint(*parts: object) -> str:
    """Hash of whatever decides a scorer's values, as 16 hex digits; the order of a mapping's keys does not matter."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def share_of_range(reference: float, group: float, low: float, high: float) -> float:
    """`group - reference` as a share of the range `[low, high]`, kept within [-1, 1].

    >>> share_of_range(6, 8, 1, 11)
    0.2
    """
    return max(-1.0, min(1.0, (group - reference) / (high - low)))
