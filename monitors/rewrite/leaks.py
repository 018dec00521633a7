"""Names that are to change but also stand where nothing may: the rewritten text would contradict itself."""

from __future__ import annotations

from monitors.rewrite.plan import Plan
from monitors.rewrite.reading import Reading
from monitors.rewrite.tokens import WORD

SHORTEST_PART = 4  # letters of a name that is looked for inside "marialopez"


def leaks(reading: Reading, plan: Plan) -> bool:
    """Whether a name of the plan also stands in an address, a handle, a path or code."""
    names = set()
    for hit in plan.hits:
        if hit.given is not None:
            tokens = reading.texts[hit.segment].tokens
            names.add(tokens.text[slice(*tokens.span(hit.at, hit.end))].lower())
            names.update(tokens.lows[hit.at : hit.end])
    if not names:
        return False
    for text in reading.texts:
        for start, end, kind in text.spans:
            if kind in ("key", "markup"):
                continue
            for word in WORD.findall(text.tokens.text[start:end].lower()):
                letters = word.strip("0123456789")
                if letters in names or (kind in ("address", "handle", "path", "url") and _begins_or_ends(letters, names)):
                    return True
    return False


def _begins_or_ends(word: str, names: set[str]) -> bool:
    return any(word[:size] in names or word[-size:] in names for size in range(SHORTEST_PART, len(word)))
