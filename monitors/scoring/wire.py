"""What the monitor and the scorer process say to each other: frames of JSON, each behind its length, after a secret and a greeting."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from monitors.scorers import Reply, Value
from monitors.scoring.guard import Scored

FILE = "scorer.json"
GREETING = b"ok"
LENGTH_BYTES = 4
MOST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Address:
    """Where the scorer process of this start listens, and what opens it."""

    port: int
    secret: str = field(repr=False)

    def text(self) -> str:
        """What ``read_address`` reads."""
        return json.dumps({"port": self.port, "secret": self.secret})


def read_address(file: Path) -> Address:
    """The address that the parent wrote. Raises ``OSError``, ``ValueError``."""
    document = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(document, dict) or not document.keys() >= {"port", "secret"}:
        raise ValueError(f"{file} names no port and secret")
    return Address(int(document["port"]), str(document["secret"]))


def request(outcome: str, options: Mapping[str, Any], items: Sequence[Reply | tuple[Reply, Reply]]) -> bytes:
    """A frame that asks for the values of some replies, or pairs of replies."""
    told = [list(map(asdict, item)) if isinstance(item, tuple) else asdict(item) for item in items]
    return frame({"outcome": outcome, "options": options, "items": told})


def items_of(document: Mapping[str, Any]) -> list[Any]:
    """The replies, or pairs of replies, of a request."""
    return [tuple(map(_reply, item)) if isinstance(item, list) else _reply(item) for item in document["items"]]


def answer(scored: Scored) -> bytes:
    """A frame with the values."""
    values = [[value.value, value.label, value.reason, value.parts] for value in scored.values]
    return frame({"values": values, "fingerprint": scored.fingerprint, "problem": scored.problem})


def scored_of(document: Mapping[str, Any]) -> Scored:
    """The values of an answer."""
    values = tuple(
        Value(value, label, reason, tuple((str(name), float(score)) for name, score in parts))
        for value, label, reason, parts in document["values"]
    )
    return Scored(values, str(document["fingerprint"]), str(document["problem"]))


def frame(document: Mapping[str, Any]) -> bytes:
    """A document behind its length. A lone surrogate in a reply survives: all that is not ASCII is escaped."""
    body = json.dumps(document, ensure_ascii=True, default=str).encode("ascii")
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def _reply(fields: Mapping[str, Any]) -> Reply:
    return Reply(**{**fields, "tool_calls": tuple(fields["tool_calls"])})
