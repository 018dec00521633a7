"""Where a reply states its conclusion, and its sentences without quotations and asides."""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitors.scorers.text import Sentence, plain, sentences, unmarked, words

_FENCE = re.compile(r"```\w*\n?")
_QUOTED = re.compile(r'"[^"\n]{1,240}"')
_SAID = re.compile(
    r"(?:answer|decision|verdict|recommendation|conclusion|say|call|vote|grade|rating|label|priority|choose|pick|choice|"
    r"final|is|as|be)\W{0,4}$",
    re.I,
)
_ASIDE = re.compile(r"\((?=[^)]{0,160}\))[^()]*\)")
_FINAL = re.compile(
    r"\b(?:final (?:answer|decision|verdict|recommendation|call|score|rating|grade|label|assessment|judgement|judgment|word|"
    r"conclusion|mark|result|figure|offer|choice|ruling)|finally|(?:so )?final)\b"
    r"\s*(?::|is\b(?! (?:yours|up|made|not mine))|–|-|=|=>|->|→)?\s*",
    re.I,
)
_VERDICT = re.compile(
    r"(?:^|(?<=[.!?;\n] )|(?<=\n)|\b(?:my|our|the) )(?:[a-z]+ )?(?:verdict|decision|recommendation|conclusion|answer|"
    r"bottom line|outcome|ruling|tl;?dr|summary judgement|short answer|result|call)\b"
    r"\s*(?::|–|=|=>|->|→|\n|is:|would be:)\s*",
    re.I | re.M,
)


def readable(text: str) -> list[Sentence]:
    """The reply's sentences without Markdown, quotations (unless one is what it says) and bracketed asides."""
    return sentences(_stripped(text))


def conclusions(found: Sequence[Sentence]) -> list[list[Sentence]]:
    """What follows each mark of a conclusion, the most final and latest first."""
    text = "\n".join(sentence.text for sentence in found)
    parts: list[list[Sentence]] = []
    for pattern in (_FINAL, _VERDICT):
        for match in reversed(list(pattern.finditer(text))):
            rest = text[match.end() :].strip()
            if rest and match.group().strip():
                parts.append(sentences(rest))
    return parts


def _stripped(text: str) -> str:
    bare = unmarked(_FENCE.sub("", plain(text))).replace(" - ", " – ").strip()
    if len(bare) > 2 and bare[0] == '"' == bare[-1] and '"' not in bare[1:-1]:
        bare = bare[1:-1]
    bare = _QUOTED.sub(lambda match: _unquoted(match, bare), bare)
    without = _ASIDE.sub(" ", bare)
    return without if words(without) else bare


def _unquoted(match: re.Match[str], text: str) -> str:
    if match.group()[1:-1].lower().strip(" .!") in ("yes", "no"):
        return match.group()[1:-1]
    said = _SAID.search(text[max(0, match.start() - 24) : match.start()])
    return match.group()[1:-1] if said and len(match.group()) <= 40 else " quoted "
