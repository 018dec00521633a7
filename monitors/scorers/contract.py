"""What every scorer takes and gives: replies in, one value a reply out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar, runtime_checkable

T = TypeVar("T")
Polarity = Literal["higher_is_better", "higher_is_worse", "neither"]
Place = Literal["monitor", "process", "endpoint"]
"""Where a scorer runs: in a thread of the monitor (our own, on text alone), in the scorer process (a model, or somebody else's code), or
in a thread of the monitor that waits for an endpoint."""


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
    """A score in the scorer's range, or `None` for "no value" with the reason why; `parts` are further readings, counted and not tested."""

    value: float | None
    label: str | None = None
    reason: str | None = None
    parts: tuple[tuple[str, float], ...] = ()


class EndpointError(Exception):
    """An endpoint gave no usable answer; the message says why, and holds nothing of what was sent."""


class Client(Protocol):
    """Asks an endpoint; the scorers themselves open no connection."""

    def post(self, url: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Any:
        """The JSON of the answer; `EndpointError` where there is none."""
        ...


class Means:
    """What scorers may need beside text: the folder in which weights were put, and what several of them use together.

    `threads` is how many a model may use, `client` asks endpoints for those that have one, and `today` tells the day (any number that
    changes at midnight UTC) by which they keep to a budget. Scorers that are to share a loaded model are built with one `Means`.
    """

    def __init__(
        self,
        weights: Path | None = None,
        threads: int = 1,
        client: Client | None = None,
        today: Callable[[], int] | None = None,
    ) -> None:
        self.weights, self.threads, self.client = weights, threads, client
        self.today = today or (lambda: 0)
        self._shared: dict[object, Any] = {}

    def once(self, key: object, make: Callable[[], T]) -> T:
        """What `make` gave for this key the first time."""
        if key not in self._shared:
            self._shared[key] = make()
        shared: T = self._shared[key]
        return shared


class OptionsError(ValueError):
    """An outcome's section cannot be used; each of `faults` reads "field: what is wrong; how to mend it", with the outcome in the field."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


class Described(Protocol):
    """What is known of a scorer before it has seen a reply.

    `low` and `high` bound every value. `signed` says whether a difference has a direction; an unsigned one is shown and never pages.
    `masked` asks for text in which the words that mark a group are replaced by one placeholder. `fingerprint` changes whenever the
    same reply could get another value: version, weights, lexicon or specification.
    """

    outcome: str
    low: float
    high: float
    polarity: Polarity
    signed: bool
    binary: bool
    masked: bool

    @property
    def fingerprint(self) -> str: ...

    @property
    def place(self) -> Place: ...


class Scorer(Described, Protocol):
    """Turns replies into numbers of one outcome; pure, deterministic, and the same for a batch as for its parts."""

    def score(self, replies: Sequence[Reply]) -> list[Value]:
        """One value a reply, in order; a reply that cannot be scored gets `Value(None, reason=...)`, never an exception."""
        ...

    def difference(self, reference: float, group: float) -> float:
        """Group minus reference as a number in [-1, 1]; exchanging the arguments negates it."""
        ...


@runtime_checkable
class PairScorer(Described, Protocol):
    """Compares the two replies of a pair, where neither has a value of its own.

    Exchanging the arms of a signed one negates its values, those of an unsigned one stay as they are.
    """

    def compare(self, pairs: Sequence[tuple[Reply, Reply]]) -> list[Value]:
        """One value for each pair of a reference reply and a group reply, in order; reasons as in `Scorer.score`."""
        ...


AnyScorer = Scorer | PairScorer


def place_of(scorer: AnyScorer) -> Place:
    """Where it runs; a scorer of another package that does not say runs in the scorer process, where its faults stay."""
    return getattr(scorer, "place", "process")


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
