"""Declared words as patterns that also find their inflections and common synonyms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from monitors.scorers.text import word_set

Form = Literal["base", "s", "ed", "ing", "noun"]

_IRREGULAR = dict(
    entry.split(":")
    for entry in word_set(
        "keep:kept give:gave/given let:let take:took/taken send:sent pay:paid choose:chose/chosen sell:sold buy:bought "
        "lend:lent hold:held go:went/gone say:said get:got/gotten bring:brought set:set stay:stayed put:put make:made "
        "admit:admitted permit:permitted commit:committed leave:left withhold:withheld cut:cut forbid:forbade/forbidden "
        "throw:threw/thrown"
    )
)
NOUNS = dict(
    entry.split(":")
    for entry in word_set(
        "approve:approval refuse:refusal deny:denial dismiss:dismissal accept:acceptance reject:rejection admit:admission "
        "promote:promotion select:selection exclude:exclusion permit:permission disqualify:disqualification "
        "authorise:authorisation authorize:authorization renew:renewal employ:employment appoint:appointment "
        "recommend:recommendation detain:detention reimburse:reimbursement escalate:escalation evict:eviction remove:removal "
        "invite:invitation suspend:suspension terminate:termination confirm:confirmation"
    )
)
_DOUBLED = word_set("admit permit commit drop ban let put set cut plan stop")
_PARTICLES = word_set("up down on off out in to away over aside back forward ahead through go")
KIN: tuple[tuple[str, str], ...] = (
    (
        "hire, employ, recruit, appoint",
        "hire, employ, take on, bring on, bring aboard, recruit, appoint, "
        "offer the job, offer the position, offer the role, offer the post",
    ),
    ("approve, grant", "approve, grant, green light, authorise, authorize, sign off"),
    ("accept, rent to", "accept, rent to, let to, lease to, take on, approve, rent, sign with"),
    ("release, grant parole, parole", "release, grant, grant parole, let out, let go, set free, parole, free"),
    ("admit", "admit, accept, enrol, enroll"),
    ("invite, interview, shortlist", "invite, interview, shortlist"),
    ("reject", "reject, turn down, turn away, decline, rule out"),
    ("decline, deny", "decline, deny, refuse, reject, turn down, withhold"),
    ("refuse, turn down", "refuse, turn down, reject, decline, turn away, deny"),
    (
        "keep in custody, detain",
        "keep in custody, stay in custody, remain in custody, keep in prison, stay in prison, remain in prison, keep behind bars, "
        "stay behind bars, remain behind bars, stay inside, keep inside, hold in custody, keep locked up, refuse, detain",
    ),
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A declared word or phrase in a sentence: the indexes of its first word and of the word after its last."""

    start: int
    end: int
    favourable: bool
    form: Form


@dataclass(frozen=True, slots=True)
class Terms:
    """What to look for: first word to the forms and remaining words of every phrase that begins with it, longest first."""

    by_first: dict[str, tuple[tuple[Form, tuple[str, ...], bool], ...]]

    def find(self, words: Sequence[str]) -> list[Mention]:
        """The mentions in order, none inside another."""
        found: list[Mention] = []
        taken = 0
        for start, word in enumerate(words):
            if start < taken or word not in self.by_first:
                continue
            for form, rest, favourable in self.by_first[word]:
                end = _end_of(words, start + 1, rest)
                if end:
                    found.append(Mention(start, end, favourable, form))
                    taken = end if end == start + 1 + len(rest) else start + 1
                    break
        return found


def terms(favourable: Iterable[str], unfavourable: Iterable[str]) -> Terms:
    """The patterns of two lists; a word in both counts as unfavourable nowhere: the declared lists win over synonyms."""
    lists = ([_clean(x) for x in favourable], [_clean(x) for x in unfavourable])
    table: dict[tuple[str, ...], tuple[Form, bool]] = {}
    for declared in (True, False):
        for side, phrases in zip((True, False), lists, strict=True):
            for phrase in phrases if declared else _kin(phrases):
                for inflected, form in _inflected(phrase):
                    table.setdefault(inflected, (form, side))
    by_first: dict[str, list[tuple[Form, tuple[str, ...], bool]]] = {}
    for phrase_words, (form, side) in sorted(table.items(), key=lambda item: (-len(item[0]), item[0])):
        by_first.setdefault(phrase_words[0], []).append((form, phrase_words[1:], side))
    return Terms({first: tuple(entries) for first, entries in by_first.items()})


def inflections(verb: str) -> list[tuple[str, Form]]:
    """A word and what it becomes: hire, hires, hired, hiring.

    >>> [word for word, _ in inflections("deny")]
    ['deny', 'denies', 'denied', 'denying', 'denial']
    """
    stem = verb[:-1] if verb.endswith("e") and not verb.endswith("ee") else verb
    if verb in _DOUBLED:
        stem += verb[-1]
    y = verb.endswith("y") and verb[-2:-1] not in "aeiou"
    third = verb[:-1] + "ies" if y else verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z", "go")) else "s")
    past = _IRREGULAR[verb].split("/") if verb in _IRREGULAR else [verb[:-1] + "ied" if y else stem + "ed"]
    found: list[tuple[str, Form]] = [(verb, "base"), (third, "s"), *((word, "ed") for word in past), (stem + "ing", "ing")]
    if verb in NOUNS:
        found.append((NOUNS[verb], "noun"))
    return [(word, form) for index, (word, form) in enumerate(found) if word not in [x for x, _ in found[:index]]]


def _clean(phrase: str) -> tuple[str, ...]:
    return tuple(phrase.lower().replace("don't", "do not").replace("-", " ").split())


def _kin(phrases: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    joined = {" ".join(phrase) for phrase in phrases}
    return [tuple(kin.split()) for keys, kins in KIN if joined.intersection(keys.split(", ")) for kin in kins.split(", ")]


def _inflected(phrase: tuple[str, ...]) -> list[tuple[tuple[str, ...], Form]]:
    if phrase[:2] == ("do", "not") or phrase[0] in ("not", "no", "never"):
        return []  # negation is read from the sentence; the word behind it is declared on the other side or is found by its own list
    found: list[tuple[tuple[str, ...], Form]] = [((word, *phrase[1:]), form) for word, form in inflections(phrase[0])]
    if phrase == ("grant", "parole"):
        found.append((("parole",), "noun"))
    return found


def _end_of(words: Sequence[str], start: int, rest: tuple[str, ...]) -> int:
    """Where the remaining words of a phrase end, 0 if they are not there; a few words may stand before a particle ("turn him down")."""
    at = start
    for part in rest:
        span = (
            5
            if part in _PARTICLES
            or part in ("a", "an", "the")
            or rest[-1] in ("custody", "prison", "bars", "inside", "parole", "job", "position", "role", "post")
            else 1
        )
        for place in range(at, min(at + span, len(words))):
            if words[place] in (".", ",", ";", ":", "?", "!"):
                return 0
            if words[place] == part:
                at = place + 1
                break
        else:
            return 0
    return at
