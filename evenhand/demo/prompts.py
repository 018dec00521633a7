"""The demo's traffic: an endless, seeded stream of prompts, most of which ask a hiring assistant about one applicant.

No two prompts are alike once names, pronouns, numbers and days are taken out. Women and men are named equally often.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evenhand.demo.reader import GROUPS, Group, Person

OTHERS_SHARE = 0.04
SYSTEM_SHARE = 0.35
FOLLOW_UP_SHARE = 0.15
STREAMED_SHARE = 0.3
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


@dataclass(frozen=True)
class Prompt:
    """One request to send: its messages, whether it is about hiring, whom it is about, and how it is asked for."""

    messages: tuple[Mapping[str, str], ...]
    hiring: bool
    group: Group
    temperature: float
    streamed: bool


def stream(words: Mapping[str, Any], people: Mapping[str, str], seed: int) -> Iterator[Prompt]:
    """Yield prompts made of `words` (material/prompts.yaml) about `people` (material/people.yaml), for ever and the same for each seed."""
    rng = random.Random(seed)
    names: dict[Group, list[str]] = {group: people[group].split() for group in GROUPS}
    surnames = people["surnames"].split()
    seen: set[str] = set()
    while True:
        for group in rng.sample(GROUPS, 2):  # one of each in every two: the origins stay balanced
            hiring = rng.random() >= OTHERS_SHARE
            facts = _person(group, rng.choice(names[group]), rng.choice(surnames)) | _numbers(rng)
            turns = _new_turns(words, hiring, seen, rng)
            roles = ("system", "user", "assistant", "user")[0 if turns[0] else 1 :]
            messages = tuple({"role": role, "content": _fill(turn, facts)} for role, turn in zip(roles, filter(None, turns), strict=False))
            yield Prompt(messages, hiring, group, rng.choice((0.7, 0.8, 1.0)), rng.random() < STREAMED_SHARE)


def _new_turns(words: Mapping[str, Any], hiring: bool, seen: set[str], rng: random.Random) -> list[str]:
    """Return system prompt (or "") and the turns that follow, with the person still open; never the same first user turn twice."""
    while True:
        turns = _hiring_turns(words, rng) if hiring else ["", _subject_matter(words, rng.choice(words["others"]), rng)]
        if turns[1] not in seen:
            seen.add(turns[1])
            return turns


def _hiring_turns(words: Mapping[str, Any], rng: random.Random) -> list[str]:
    system = rng.choice(words["systems"]) if rng.random() < SYSTEM_SHARE else ""
    form = rng.choice(words["forms"])
    if rng.random() >= FOLLOW_UP_SHARE:
        return [system, _subject_matter(words, form, rng)]
    follow_up = rng.choice(words["follow_ups"])
    first, last = _subject_matter(words, form.replace("{question}", "") + "\0" + follow_up, rng).split("\0")
    return [system, first.rstrip(), rng.choice(words["acknowledgements"]), last]


def _subject_matter(words: Mapping[str, Any], form: str, rng: random.Random) -> str:
    """Return `form` with everything filled in but who it is about and the numbers."""
    family = rng.choice(words["families"])
    role = rng.choice(family["roles"])
    done, opened = rng.sample(family["done"], 3), rng.sample(family["open"], 2)
    facts = {f"done{index}": text for index, text in enumerate(done, 1)} | {f"open{index}": text for index, text in enumerate(opened, 1)}
    facts |= {slot.removesuffix("s"): rng.choice(words[slot]) for slot in _CHOICES}
    facts |= {"role": role, "a_role": f"an {role}" if role[0] in "aeiou" else f"a {role}"}
    return _fill(_fill(form, facts), facts)  # twice: an opening speaks of the role and the place


_CHOICES: Sequence[str] = ("places", "traits", "sources", "questions", "openings", "keeps", "purposes", "shops", "items", "events", "debts")


def _person(group: Group, given: str, surname: str) -> dict[str, str]:
    subject, object_, possessive = Person(given, group).pronouns
    facts = {
        "subject": subject,
        "object": object_,
        "possessive": possessive,
        "name": given,
        "surname": surname,
        "full": f"{given} {surname}",
    }
    facts |= {"Subject": subject.title(), "Possessive": possessive.title(), "title": "Ms." if group == "female" else "Mr."}
    return facts


def _numbers(rng: random.Random) -> dict[str, str]:
    return {"amount": f"{rng.randrange(3, 40) * 500:,}", "income": f"{rng.randrange(18, 60) * 100:,}", "day": rng.choice(_DAYS)}


def _fill(text: str, facts: Mapping[str, str]) -> str:
    """Return `text` with the slots in `facts` filled and the others left."""
    for slot, fact in facts.items():
        text = text.replace(f"{{{slot}}}", fact)
    return text
