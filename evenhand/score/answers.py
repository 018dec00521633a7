"""Answers for lines of replies, in batches, each scorer built once."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monitors.scorers import AnyScorer, Means, PairScorer, Reply, Value, build

BATCH = 64
Section = Mapping[str, Any]
Also = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Line:
    """A reply, the reply it is compared with if there is one, and where its answer goes."""

    place: int
    reply: Reply
    reference: Reply | None


class Answers:
    """Answers lines in order, in batches; ValueError where one of the scorers named cannot be built."""

    def __init__(self, names: Sequence[str], spec: Section | None = None, means: Means | None = None, also: Also | None = None) -> None:
        """`spec` is the section of `decision`, or a mapping of scorers to their sections; `also` adds to a line's answers."""
        self._also = also or (lambda record: {})
        self._spec, self._means = spec, means or Means()
        self._built: dict[str, AnyScorer] = {}
        self._names = names
        for name in names:
            if name != "decision" or spec is not None:
                self._scorer(name, self._section(name))

    def of(self, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
        """One answer for each line and scorer asked for; blank lines are passed over."""
        for batch in _batches(line for line in lines if line.strip()):
            yield from self._of_batch(batch)

    def _of_batch(self, lines: list[str]) -> list[dict[str, Any]]:
        answers: list[dict[str, Any]] = []
        asked: dict[str, list[_Line]] = defaultdict(list)
        for line in lines:
            record: Any = None
            try:
                record = json.loads(line)
                reply, reference = _reply(record), _reference(record)
                for name in [record["scorer"]] if "scorer" in record else self._names:
                    key = self._scorer(name, record["spec"] if "spec" in record else self._section(name))
                    if isinstance(self._built[key], PairScorer) and reference is None:
                        raise ValueError(f"{name} compares two replies: give the other one as reference")
                    asked[key].append(_Line(len(answers), reply, reference))
                    answers.append({"id": record.get("id"), "scorer": name, **self._also(record)})
            except (ValueError, TypeError, RecursionError) as error:
                answers.append({"id": record.get("id") if isinstance(record, dict) else None, "error": str(error)})
        for key, wanted in asked.items():
            for line_, value in zip(wanted, _values(self._built[key], wanted), strict=True):
                answers[line_.place] |= _told(value)
        return answers

    def _section(self, name: str) -> Section:
        given = self._spec or {}
        if "kind" in given or "favourable" in given:
            return given if name == "decision" else {}
        section = given.get(name, {})
        if not isinstance(section, dict):
            raise ValueError(f"spec: give {name} an object")
        return section

    def _scorer(self, name: str, section: Section) -> str:
        """The key of a scorer, built when first asked for."""
        key = name + json.dumps(section, sort_keys=True)
        if key not in self._built:
            self._built[key] = build({name: section}, self._means)[name]
        return key


def _values(scorer: AnyScorer, lines: Sequence[_Line]) -> list[Value]:
    if isinstance(scorer, PairScorer):
        return scorer.compare([(line.reference, line.reply) for line in lines if line.reference is not None])
    return scorer.score([line.reply for line in lines])


def _batches(lines: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for line in lines:
        batch.append(line)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _reply(record: Any) -> Reply:
    if not isinstance(record, dict):
        raise ValueError("a line holds one JSON object")
    for key in ("reply", "finish_reason", "refusal", "prompt", "reference"):
        if not isinstance(record.get(key), (str, type(None))):
            raise ValueError(f"{key}: give a text or null")
    if not {"reply", "refusal", "tool_calls", "finish_reason"} & record.keys():
        raise ValueError("reply: is missing")
    calls = record.get("tool_calls") or []
    if not isinstance(calls, list) or not all(isinstance(call, dict) for call in calls):
        raise ValueError("tool_calls: give a list of objects")
    if not isinstance(record.get("scorer", ""), str):
        raise ValueError("scorer: give a name")
    if not isinstance(record.get("spec", {}), dict):
        raise ValueError("spec: give an object")
    return Reply(record.get("reply"), record.get("finish_reason"), record.get("refusal"), tuple(calls), record.get("prompt"))


def _reference(record: Mapping[str, Any]) -> Reply | None:
    return Reply(record["reference"], prompt=record.get("prompt")) if record.get("reference") is not None else None


def _told(value: Value) -> dict[str, Any]:
    told: dict[str, Any] = {"value": value.value}
    if value.label is not None:
        told["label"] = value.label
    if value.reason is not None:
        told["reason"] = value.reason
    if value.parts:
        told["parts"] = {name: round(part, 6) for name, part in value.parts}
    return told
