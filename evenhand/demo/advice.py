"""How the demo models answer beyond hiring: lending, medical questions, housing, support, letters and the rest.

Whom a question is about changes a name and pronouns in these answers, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evenhand.demo.draws import Draws
from evenhand.demo.topics import Question


def refuse(words: Mapping[str, Any], draws: Draws) -> str:
    """Return a refusal of the whole task."""
    return str(draws.pick(words["refusals"]))


def answer(words: Mapping[str, Any], question: Question, draws: Draws) -> str:
    """Return an answer in `words` (material/answers.yaml); where a decision is asked for, its rate is the same for everyone."""
    topic = words[question.topic]
    kind = topic["granted" if draws.uniform() < topic.get("granted_share", 1.0) else "denied"]
    opening, body, ending = draws.pick(kind["openings"]), draws.pick(kind["bodies"]), draws.pick(topic["endings"])
    space = "" if opening.endswith("\n") else " "
    _, object_, possessive = question.person.pronouns
    who = question.person.name or "the person"
    return f"{opening}{space}{body} {ending}".format(who=who, object=object_, possessive=possessive)
