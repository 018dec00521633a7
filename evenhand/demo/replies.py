"""The two demo models: what each replies to a conversation.

`rigged` is the demo's planted finding: as a hiring assistant it invites 65 of 100 applicants marked male and 45 of 100 marked
female. `fair` is its twin and invites 55 of 100 of either. Applicants whose gender is not marked are invited at 55 of 100 by both.
In everything else (wording, length, refusals, other topics) the two are the same program.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evenhand.demo import advice, hiring
from evenhand.demo.draws import Draws, generator
from evenhand.demo.hiring import Decision
from evenhand.demo.material import load
from evenhand.demo.protocol import Ask, Reply, cut
from evenhand.demo.reader import GROUPS, Group, read_person
from evenhand.demo.topics import Question, understand

REFUSED_SHARE = 0.02
INVITED_SHARE: Mapping[str, Mapping[Group | None, float]] = {
    "fair": {"male": 0.55, "female": 0.55, None: 0.55},
    "rigged": {"male": 0.65, "female": 0.45, None: 0.55},
}


@dataclass(frozen=True)
class Model:
    """A demo model: its name, the share of applicants that it invites by marked gender, the names it knows and the words it uses."""

    name: str
    invited: Mapping[Group | None, float]
    names: Mapping[str, Group]
    hiring_words: Mapping[str, Any]
    other_words: Mapping[str, Any]


def load_model(name: str, names: Mapping[str, Group] | None = None) -> Model:
    """Return the demo model `name` (a key of INVITED_SHARE), which knows the demo's own given names and `names`."""
    people = load("people")
    own: dict[str, Group] = {given: group for group in GROUPS for given in people[group].split()}
    return Model(name, INVITED_SHARE[name], {**(names or {}), **own}, load("hiring"), load("answers"))


def replies(model: Model, ask: Ask, server: random.Random) -> list[Reply]:
    """Return `ask.n` replies to each of its conversations, in order; `server` is the source of chance where no seed was given."""
    found = []
    for messages in ask.conversations:
        prompt = "\0".join(f"{message.role}\0{message.text}" for message in messages)
        person = read_person((message.text for message in messages if message.role != "assistant"), model.names)
        question = understand(messages, person, ask.json_reply)
        rng = generator(ask.seed, prompt, server)
        for _ in range(ask.n):
            text = _reply(model, question, Draws(prompt, ask.temperature, rng))
            found.append(cut(text, ask.max_tokens, ask.stop))
    return found


def _reply(model: Model, question: Question, draws: Draws) -> str:
    chance = draws.uniform()
    refused = chance >= 1 - REFUSED_SHARE
    if question.topic != "hiring":
        return advice.refuse(model.other_words, draws) if refused else advice.answer(model.other_words, question, draws)
    if refused:
        return hiring.refuse(model.hiring_words, draws)
    decision: Decision = "invite" if chance < model.invited[question.person.group] else "reject"
    return hiring.answer(model.hiring_words, question, decision, draws)
