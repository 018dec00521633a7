"""What a reply says, whatever it is wrapped in: the texts of a JSON object, quoted lines within quotation marks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

_FENCED = re.compile(r"^\s*```\w*\s*(\{.*\})\s*```\s*$", re.S)
_QUOTED_LINE = re.compile(r"^[ \t]*>+[ \t]*(?=\S)([^\"\n]+)$", re.M)
MOST_VALUES = 40


def spoken(bare: str) -> str:
    """The plain text that a reply says: of a JSON object its values, of Markdown's quoted lines ones in quotation marks.

    >>> spoken('{"error": "I can\'t rate people.", "score": null}')
    "I can't rate people."
    >>> spoken("You could write:\\n> We must decline.")
    'You could write:\\n"We must decline."'
    """
    fenced = _FENCED.match(bare)
    inner = (fenced.group(1) if fenced else bare).strip()
    if inner.startswith("{") and inner.endswith("}"):
        try:
            given = json.loads(inner, strict=False)
        except (ValueError, RecursionError):
            return bare
        return "\n".join(islice(_values(given, ""), MOST_VALUES)) or bare
    return _QUOTED_LINE.sub(lambda match: f'"{match.group(1).strip()}"', bare)


def _values(value: Any, name: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _values(part, str(key))
    elif isinstance(value, list):
        for part in value:
            yield from _values(part, name)
    elif isinstance(value, str) and len(value.split()) > 2:
        yield value
    elif value is not None:
        yield f"{name}: {value}"
