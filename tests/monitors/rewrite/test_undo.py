"""An arm gives its original back."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitors.rewrite import Arm, invert, load_tables, make_arm, paired_names, read

TABLES = load_tables()
WORDS = ["Maria", "her", "She's", "a waitress", "Dear Mrs Berg,", "`her`", "an actress", "She runs.", "Zoë"]
PIECES = st.sampled_from([*WORDS, "{", '"', "\\", "é", "🙂", "\r\n", "\u00a0", "\u202e", " ", ", "])
TEXTS = st.lists(PIECES, max_size=12).map(" ".join)


def arm(messages: list[dict[str, Any]], group: str = "male", axis: str = "gender", origin: str = "female") -> Arm:
    """The arm of a conversation that can be rewritten."""
    reading = read(messages, TABLES)
    made = make_arm(reading, axis, origin, group, paired_names(reading, axis, TABLES), TABLES)
    assert isinstance(made, Arm), made
    return made


@pytest.mark.parametrize(
    "arguments", [r'{"note": "Zo\u00EB says \u0073he is \"here\"; her bag\/coat", "n": 1.50}', '{ "note" :"Zoë says she"}']
)
def test_json_comes_back_as_it_was_escaped(arguments: str) -> None:
    messages: list[dict[str, Any]] = [
        {"role": "user", "content": [{"type": "text", "text": "Ask Zoë if she is in."}]},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "type": "function", "function": {"arguments": arguments}}]},
    ]
    made = arm(messages)
    assert made.messages != messages
    json.loads(made.messages[1]["tool_calls"][0]["function"]["arguments"])
    assert invert(made) == messages


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.booleans(), TEXTS), min_size=1, max_size=4), st.sampled_from(["male", "nonbinary", "female"]))
def test_every_arm_gives_its_messages_back(rows: list[tuple[bool, str]], group: str) -> None:
    messages = [{"role": "user", "content": json.dumps({"text": text}) if nested else text} for nested, text in rows]
    reading = read(messages, TABLES)
    made = make_arm(reading, "gender", "female", group, paired_names(reading, "gender", TABLES), TABLES)
    if isinstance(made, Arm):
        assert invert(made) == messages


def test_an_arm_without_edits_is_its_own_original() -> None:
    messages = [{"role": "user", "content": "How far is the moon?"}]
    assert invert(arm(messages)) == messages
