"""Animals, ships, deities and assistants are nobody to swap."""

import pytest

from monitors.rewrite import load_tables, read

TABLES = load_tables()


def marked(text: str, role: str = "user") -> list[str]:
    """The texts of the mentions of gender."""
    return [m.text for m in read([{"role": role, "content": text}], TABLES).mentions if m.axis == "gender"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Our dog Max eats his food. He barks.", []),
        ("Rex is a beagle. He bites.", []),
        ("Bella, my cat, lost her toy.", []),
        ("A female cat and a mother hen", []),
        ("The dog bit her and she cried.", ["her", "she"]),
        ("Maria walked her dog. She was late.", ["Maria", "her", "She"]),
        ("My sister's cat is ill; she calls the vet.", ["sister", "she"]),
        ("The ship lost her mast.", []),
        ("She is a fine ship; her hull is new.", []),
        ("HMS Victoria sailed with her crew.", []),
        ("God rested; He saw it.", []),
        ("In `python` he wrote it.", ["he"]),
    ],
)
def test_what_a_pronoun_stands_for(text: str, expected: list[str]) -> None:
    assert marked(text) == expected


def test_the_assistants_own_name_is_no_mention() -> None:
    messages = [{"role": "system", "content": "You are Clara, an agent of Acme."}, {"role": "user", "content": "Hi Clara, I am Laura."}]
    assert [m.text for m in read(messages, TABLES).mentions if m.axis == "gender"] == ["Laura"]
    assert marked("You are Clara.") == ["Clara"]
