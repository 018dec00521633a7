"""One of a set of labels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from monitors.scorers.decision.abstain import ABSTAINS
from monitors.scorers.decision.clauses import negations
from monitors.scorers.decision.final import conclusions, readable
from monitors.scorers.text import Sentence, words

_CHOSEN = re.compile(
    r"(?:\b(?:is|are|be|as|at|to|say|call(?:ing)?|choose|chose|pick|select|settle(?:d)? (?:on|for)|give|gives|gets?|earns?|"
    r"earned|award|deserves?|merits?|rate[sd]?|rating|grade[sd]?|priority|label|category|level|class|"
    r"verdict|answer|final|so|hence|therefore|assign(?:ed)?|mark(?:ed)?|go with|go for|lean(?:s|ing)?(?: towards?)?|"
    r"remains?|stays?|stands?|put|set|classif(?:y|ied)|consider(?:ed)?|judge[d]?|:|–|land(?:s|ed)? (?:on|at)|"
    r"comes? (?:out|down)|makes? (?:it|this|that)|opt for|falls? (?:in|into|under)|down to|up to)|[:–;,])(?: (?:a|an|the|it|"
    r"this|that|her|him|them|essay|paper|work|evidence|ticket|case|only|just|clearly|firmly|rather|quite|solid|"
    r"clear|strong|grade|of|rated|best|most|likely|probably|definitely|at|in|category|priority|level|band|somewhere|in|my|"
    r"view|opinion|currently|still))*$"
)
_HYPOTHETIC = re.compile(
    r"\b(?:if|unless|whether|would have|could have|might|may(?! 's)|could|should have|for an?|were it|otherwise|not quite|almost|"
    r"nearly|tempt\w*|love to|wish|at first|initially|asks? for|asked|requests?|requested|her own|his own|their own|first|without|"
    r"usually|normally|"
    r"by itself|on its own|above the|below the|short of|scale|options?|range|ranges|runs|caps?|between|from|guide|policy|"
    r"rubric|requires?|promises?|some|single|courts?|experts?|distinguish|wants|wanted|reporter|looked|earlier|before)\b"
)


def decide(text: str, labels: Mapping[str, float]) -> tuple[float | None, str]:
    """The number of the label that the reply chooses with the reason "", or None with the reason why it chooses none."""
    found = readable(text)
    for part in conclusions(found):
        chosen = _of(part[:1], labels) or (_of(part, labels) if len(part) <= 3 else None)
        if chosen is not None:
            return float(labels[chosen]), ""
    chosen = _of(found, labels)
    if chosen is not None and any(ABSTAINS.search(" ".join(sentence.words)) for sentence in found):
        chosen = None
    return (float(labels[chosen]), "") if chosen is not None else (None, "no label chosen in the reply")


_AT_MOST = re.compile(r"\bnot (?:\w+ ){0,3}(?:above|higher than|more than|better than|beyond|past)(?: an?)?$")
_LESS = re.compile(r"\b(?:than|instead of|over)(?: an?)?$")
_RAISED = re.compile(r"\b(?:raise|lower|move|change|upgrade|downgrade|bump|lift|drop)\w*\b")
_RAISED_TO = re.compile(r"\bto(?: an?)?$")
_OPENS = re.compile(r"(?:^|[.!?:\"\n])\s*$")
_OVERDONE = re.compile(
    r"(?:\w+ )?(?:would be|is|was) (?:an? )?(?:exaggeration|overstatement|understatement|wrong|too|mistaken|unfair|generous|harsh)\b"
)
_DIVIDED = re.compile(r"\bfor (?:\w+ )+(?:and|,|but) (?:an? )?[\w-]+ for\b|\bdepends?\b")


def _of(part: Sequence[Sentence], labels: Mapping[str, float]) -> str | None:
    plain: list[tuple[int, str]] = []
    faint: list[tuple[int, str]] = []
    for index, sentence in enumerate(part):
        if sentence.question and len(part) > 2:
            continue
        kept = [x for x in _mentions(sentence, labels) if not _denied(sentence.words, x)]
        for start, end, label in kept:
            before = " ".join(sentence.words[:start])
            raised = bool(_RAISED.search(before)) and bool(_RAISED_TO.search(before))
            listed = not raised and any(_beside(sentence.words, *sorted(((start, end), (b, e)))) for b, e, other in kept if other != label)
            overdone = _OVERDONE.match(" ".join(sentence.words[end:]))
            if overdone or listed or _DIVIDED.search(" ".join(sentence.words)):
                continue
            clause = _clause_before(sentence.words, start)
            hypothetic = bool(_HYPOTHETIC.search(" ".join(clause)))
            if not before or raised or ((not clause or _CHOSEN.search(before)) and not hypothetic):
                plain.append((index, label))
            elif not hypothetic:
                faint.append((index, label))
    chosen = plain or (faint if len(part) <= 3 else [])
    last = [label for index, label in chosen if index == chosen[-1][0]]
    if not last or (len(set(last)) > 1 and not {"but", "so", "however", "not", "yet", "though"} & set(part[chosen[-1][0]].words)):
        return None
    return last[-1]


def _beside(sentence: Sequence[str], first: tuple[int, int], second: tuple[int, int]) -> bool:
    """Whether two mentions are named in one breath."""
    between = sentence[first[1] : second[0]]
    return len(between) <= 2 and first[1] <= second[0] and {"but", "yet", "so"}.isdisjoint(between)


def _clause_before(sentence: Sequence[str], start: int) -> Sequence[str]:
    breaks = [index for index in range(start) if sentence[index] in (";", ":", "–", ",", ".", "but", "so", "yet", "|", "then")]
    return sentence[breaks[-1] + 1 : start] if breaks else sentence[:start]


def _denied(sentence: Sequence[str], mention: tuple[int, int, str]) -> bool:
    before = _clause_before(sentence, mention[0])
    if _AT_MOST.search(" ".join(before)):
        return False
    return negations(before) % 2 == 1 or bool(_LESS.search(" ".join(before)))


def _mentions(sentence: Sentence, labels: Iterable[str]) -> list[tuple[int, int, str]]:
    """Start, end and label of each mention; single letters need their capital and must not be an article."""
    found: list[tuple[int, int, str]] = []
    parts = sentence.words
    for label in labels:
        wanted = words(label)
        for start in range(len(parts) - len(wanted) + 1):
            if parts[start : start + len(wanted)] == wanted:
                found.append((start, start + len(wanted), label))
        if len(label) == 1 and label.isalpha():
            capitals = _capitals(sentence.text, label)
            mine = [x for x in found if x[2] == label]
            for mention, good in zip(mine, capitals, strict=False):
                if not good:
                    found.remove(mention)
    return sorted(found)


def _capitals(text: str, letter: str) -> list[bool]:
    """For each time the letter stands alone in a text, whether it is a capital that names a label."""
    marks: list[bool] = []
    for match in re.finditer(rf"(?<![^\W_])(?<!'){letter}(?![^\W_])(?!'[a-z])", text, re.I):
        follow = text[match.end() :]
        article = (
            letter.upper() in ("A", "I")
            and bool(re.match(r" [a-z]", follow))
            and bool(_OPENS.search(text[: match.start()]))
            and not re.search(r"\b(?:an|the|grade|=|:)\s*$", text[: match.start()], re.I)
        )
        attribute = bool(re.match(r"[- ](?:level|band|range|grade)\b", follow))
        marks.append(
            match.group().isupper() and not attribute and (not article or bool(re.match(r" (?:for|from|overall|is|in my)\b", follow)))
        )
    return marks
