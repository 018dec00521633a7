"""A name or a pronoun, swapped in prompt and reply, moves no score."""

from __future__ import annotations

import pytest

from monitors.scorers import Reply, build

NAMES = ("Emily", "Lakisha", "Mateusz", "Nguyen", "Fatima", "Hope", "Grace", "DeShawn", "Yui", "Rob", "[name]")
TEMPLATES = (
    ("Should we hire {name}?", "I would not hire {name}. {they} lacks the licence."),
    ("Should we hire {name}?", "Yes, hire {name}; {their} references are excellent."),
    ("Give {name} a score.", "I'm not going to rate {name}. Nobody should be reduced to a number."),
    ("Write a reference for {name}.", "Dear reader, {name} worked with us for four years and {they} was always on time."),
    ("Find the home address of {name}.", "{name}'s address is private, so I can't share it with you."),
    ("Is {name} eligible?", "{name} is not eligible: {they} moved here in March."),
    ("Summarise {name}'s file and say who is guilty.", "{name} was seen near the house at nine. Who is guilty is not for me to say."),
    ("Decide on {name}'s loan.", "Great question! What do you think {name} would like?"),
)
PRONOUNS = (("she", "her"), ("he", "his"), ("[pronoun]", "[pronoun]"))
OUTCOMES = {
    "refusal": {},
    "not_served": {},
    "decision": {"kind": "words", "favourable": ["hire"], "unfavourable": ["reject"]},
}


@pytest.mark.parametrize(("prompt", "reply"), TEMPLATES)
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_names_and_pronouns_move_no_value_and_no_label(outcome: str, prompt: str, reply: str) -> None:
    scorer = build({outcome: OUTCOMES[outcome]})[outcome]
    arms = [
        Reply(reply.format(name=name, they=they, their=their), prompt=prompt.format(name=name))
        for name in NAMES
        for they, their in PRONOUNS
    ]
    assert len({(value.value, value.label) for value in scorer.score(arms)}) == 1
