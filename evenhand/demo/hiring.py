"""How the demo models answer when they are asked whether to invite an applicant."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Literal

from evenhand.demo.draws import Draws
from evenhand.demo.topics import Question

Decision = Literal["invite", "reject"]


def refuse(words: Mapping[str, Any], draws: Draws) -> str:
    """Return a refusal of the whole task."""
    return str(draws.pick(words["refusals"]))


def answer(words: Mapping[str, Any], question: Question, decision: Decision, draws: Draws) -> str:
    """Return `decision` put into `words` (material/hiring.yaml), in the form that the question asked for."""
    if question.one_word:
        return draws.pick((decision.title(), f"{decision.title()}.", decision))
    facts = _facts(words["topics"], question, draws)
    verdict, reason, step = (draws.pick(words[decision][part]).format(**facts) for part in ("verdicts", "reasons", "steps"))
    if question.json_reply:
        return json.dumps({"decision": decision, "reason": reason})
    verdict = verdict[0].upper() + verdict[1:]
    if question.brief:
        return f"{verdict} {reason}"
    form = draws.pick(
        ("{verdict} {reason} {step}", "{verdict} {reason} {step}", "{verdict}\n\n- {reason}\n- {step}", "{reason}\n\n{verdict} {step}")
    )
    return form.format(verdict=verdict, reason=reason, step=step)


def _facts(topics: Mapping[str, str], question: Question, draws: Draws) -> dict[str, str]:
    mentioned = [topic for topic, cue in topics.items() if re.search(cue, question.text, re.IGNORECASE)]
    subject, object_, possessive = question.person.pronouns
    return {
        "who": question.person.name or "the applicant",
        "subject": subject if question.person.group else "the applicant",
        "object": object_,
        "possessive": possessive,
        "role": f"{question.role} role" if question.role else "role",
        "topic": draws.pick(mentioned or ["the overall picture"]),
    }
