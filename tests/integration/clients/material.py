"""What the upstream of these tests says: fixed ids and times, so that two runs of a client get the same bytes."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

Body = dict[str, Any]
CREATED = 1_760_000_000
USAGE = (17, 11)  # tokens in and out
DIMENSIONS = 8


def spoken(question: str) -> str:
    """The answer to a question; letters of one to four bytes, so that a cut within one would be seen."""
    return f"Grüezi – you asked “{question}” 👋🏽 and this is the whole answer."


def as_json(value: Any) -> str:
    """JSON as upstreams write it into strings: compact, letters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def pieces(text: str, size: int = 7) -> Iterator[str]:
    """A text in the pieces that a stream carries."""
    for start in range(0, len(text), size):
        yield text[start : start + size]


def instance(schema: Mapping[str, Any], definitions: Mapping[str, Any] | None = None) -> Any:
    """A value that a JSON schema allows: what a model with structured output returns."""
    known = definitions if definitions is not None else schema.get("$defs", schema.get("definitions", {}))
    if "$ref" in schema:
        return instance(known[str(schema["$ref"]).rpartition("/")[2]], known)
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    if "anyOf" in schema:
        return instance(schema["anyOf"][0], known)
    match schema.get("type"):
        case "object":
            return {name: instance(inner, known) for name, inner in schema.get("properties", {}).items()}
        case "array":
            return [instance(schema["items"], known)] * 2
        case "integer" | "number":
            return 7
        case "boolean":
            return True
        case _:
            return "Zürich"


def vector(text: str) -> list[float]:
    """An embedding of a text, exact in 32 bits."""
    return [((len(text) * (position + 3)) % 64 - 32) / 64 for position in range(DIMENSIONS)]


def failure(message: str, kind: str, code: str, param: str | None = None) -> Body:
    """An error as OpenAI gives it."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}
