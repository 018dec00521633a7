"""Phrases found by their rarest word."""

import pytest

from monitors.rewrite.phrases import Found, fits, make_index, phrase_words
from monitors.rewrite.tokens import Tokens

WHOLE, STEMS = make_index(
    {"works": [("the lion king", "film"), ("st. paul", "place")], "facts": [("pregnan*", "female"), ("hot flash*", "female")]},
    frozenset(),
    frozenset({"the"}),
)


def found(text: str) -> list[tuple[str, int]]:
    """The phrases of a text with the word they start at."""
    tokens = Tokens(text)
    entries = [(e, i) for i, low in enumerate(tokens.lows) for e in (*WHOLE.get(low, ()), *STEMS.get(low[:4], ()))]
    return [(e.phrase, i - e.key) for e, i in entries if fits(tokens, i, e)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See The Lion King now", [("the lion king", 1)]),
        ("The lion. King him", []),
        ("Fly to St. Paul", [("st. paul", 2)]),
        ("her pregnancy", [("pregnan*", 1)]),
        ("hot flashes", [("hot flash*", 0)]),
        ("a flash, hot", []),
    ],
)
def test_phrases_stand_in_one_clause(text: str, expected: list[tuple[str, int]]) -> None:
    assert found(text) == expected


def test_no_phrase_is_looked_up_by_a_word_that_is_everywhere() -> None:
    assert "the" not in WHOLE


def test_a_stem_keeps_its_mark() -> None:
    assert phrase_words("women's Swim*") == ("women", "s", "swim*")
    assert Found(0, 1, 2, "a", "b").end == 2
