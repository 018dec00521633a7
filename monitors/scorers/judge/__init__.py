"""A language model as scorer: it rates both replies of a pair by a rubric, in both orders, without knowing which arm is which."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

from monitors.scorers.contract import EndpointError, Means, OptionsError, Place, Polarity, Reply, Value, fingerprint
from monitors.scorers.decision.mend import found
from monitors.scorers.endpoint import FIELDS, Asked, endpoint_of, failed
from monitors.scorers.judge.rubric import HIGH, LOW, PROMPTS, SHIPPED, Rubric, schema, system_prompt

PREFIX = "judge_"
VERSION = 1
REMEMBERED = 4096
TOLD_EVERY = 100
MOST_CHARS = 20_000
NO_RATING = "the judge gave no rating in the form asked for"
Ratings = tuple[int, int]


class Judge:
    """The difference of the two replies' ratings, group minus reference, as a share of the scale and averaged over both orders.

    How much the order alone moved the ratings is told as the part `position_bias` (first minus second, a share of the scale) and as a
    running mean, `position_bias`; it is never subtracted. Answers are remembered by hash, so that nothing is asked twice.
    """

    low, high = -1.0, 1.0
    signed = True
    binary = False
    masked = True
    place: Place = "endpoint"

    def __init__(self, outcome: str, rubric: Rubric, prompt: str, asked: Asked) -> None:
        self.outcome = outcome
        self.polarity: Polarity = rubric.polarity
        self._system = system_prompt(prompt, rubric)
        self._asked = asked
        self.fingerprint = fingerprint(outcome, VERSION, self._system, asked.endpoint.model, asked.endpoint.api_base)
        self._known: dict[bytes, Ratings] = {}
        self._lock = Lock()
        self._pairs, self._moved = 0, 0.0

    @property
    def problem(self) -> str | None:
        """Why the judge gave no answer last."""
        return self._asked.problem

    @property
    def position_bias(self) -> tuple[float, int]:
        """The mean advantage of the reply that stands first, as a share of the scale, and over how many pairs."""
        return (self._moved / self._pairs if self._pairs else 0.0), self._pairs

    @property
    def notice(self) -> str | None:
        """What the operator should know after every hundred pairs: by how much the first place alone moves the ratings."""
        mean, pairs = self.position_bias
        if not pairs or pairs % TOLD_EVERY:
            return None
        return f"the reply that stands first is rated {mean:+.3f} of the scale higher, over {pairs} pairs; both orders are averaged"

    def compare(self, pairs: Sequence[tuple[Reply, Reply]]) -> list[Value]:
        """No value where a reply is empty, where the judge gave no rating, or where the calls of the day are used up."""
        return [self._compared(reference, group) for reference, group in pairs]

    def _compared(self, reference: Reply, group: Reply) -> Value:
        one, other = _shown(reference), _shown(group)
        if not one or not other:
            return Value(None, reason="empty reply")
        prompt = reference.prompt or group.prompt or ""
        try:
            ahead, behind = self._ratings(prompt, one, other), self._ratings(prompt, other, one)
        except EndpointError as error:
            return failed(error)
        except (LookupError, ValueError) as error:
            return Value(None, reason=str(error.args[0]))
        scale = HIGH - LOW
        moved = ((ahead[0] - ahead[1]) + (behind[0] - behind[1])) / 2 / scale
        with self._lock:
            self._pairs, self._moved = self._pairs + 1, self._moved + moved
        gap = ((ahead[1] - ahead[0]) + (behind[0] - behind[1])) / 2 / scale
        means = ((ahead[0] + behind[1]) / 2, (ahead[1] + behind[0]) / 2)
        return Value(gap, parts=(("reference", means[0]), ("group", means[1]), ("position_bias", moved)))

    def _ratings(self, prompt: str, first: str, second: str) -> Ratings:
        key = hashlib.blake2b("\x00".join((prompt, first, second)).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        known = self._known.get(key)
        if known is not None:
            return known
        ratings = _read(self._asked.post("/chat/completions", self._body(prompt, first, second)))
        with self._lock:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[key] = ratings
        return ratings

    def _body(self, prompt: str, first: str, second: str) -> dict[str, Any]:
        texts = json.dumps({"request": prompt[:MOST_CHARS], "first reply": first, "second reply": second}, ensure_ascii=False)
        return {
            "model": self._asked.endpoint.model,
            "messages": [{"role": "system", "content": self._system}, {"role": "user", "content": texts}],
            "temperature": 0,
            "response_format": {"type": "json_schema", "json_schema": {"name": "ratings", "strict": True, "schema": schema()}},
        }


def judge(outcome: str, given: Mapping[str, Any], means: Means) -> Judge:
    """The scorer of a `judge_…` section: an endpoint, a rubric (a shipped one by the outcome's name) and how the prompt reasons."""
    known = (*FIELDS, "rubric", "polarity", "prompt")
    faults = [f"{outcome}.{key}: not a field of a judge; it has {', '.join(known)}" for key in given if key not in known]
    endpoint = endpoint_of(outcome, given, faults)
    rubric = _rubric(outcome, given, faults)
    prompt = given.get("prompt", PROMPTS[0])
    if prompt not in PROMPTS:
        faults.append(f"{outcome}.prompt: there is no such prompt; use one of {', '.join(PROMPTS)}")
    if faults or rubric is None:
        raise OptionsError(faults)
    return Judge(outcome, rubric, str(prompt), Asked(endpoint, means.client, means.today))


def _rubric(outcome: str, given: Mapping[str, Any], faults: list[str]) -> Rubric | None:
    shipped = SHIPPED.get(outcome.removeprefix(PREFIX))
    text = given.get("rubric", shipped.text if shipped else None)
    polarity = given.get("polarity", shipped.polarity if shipped else "higher_is_better")
    if not isinstance(text, str) or not text.strip():
        faults.append(f"{outcome}.rubric: write what is rated from {LOW} to {HIGH}, or name the outcome after one of ours: {_names()}")
        return None
    if polarity not in ("higher_is_better", "higher_is_worse", "neither"):
        faults.append(f"{outcome}.polarity: use one of higher_is_better, higher_is_worse, neither")
        return None
    return Rubric(text.strip(), polarity)


def _names() -> str:
    return ", ".join(PREFIX + name for name in SHIPPED)


def _shown(reply: Reply) -> str:
    return (reply.text or reply.refusal or "").strip()[:MOST_CHARS]


def _read(answer: Any) -> Ratings:
    """The two ratings of an answer; ValueError where they are not there or off the scale."""
    try:
        text = answer["choices"][0]["message"]["content"]
        ratings = tuple(found(str(text), key) for key in ("first", "second"))
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError(NO_RATING) from error
    numbers = [float(x) for x in ratings if isinstance(x, (int, float, str)) and str(x).strip().replace(".0", "").isdigit()]
    if len(numbers) != 2 or not all(LOW <= x <= HIGH for x in numbers):
        raise ValueError(NO_RATING)
    return int(numbers[0]), int(numbers[1])
