"""The case of ``her`` and ``his``."""

import pytest

from monitors.rewrite import load_tables
from monitors.rewrite.case import case_of_her, case_of_his
from monitors.rewrite.tokens import Tokens

ENGLISH = load_tables().english


def cases(text: str, word: str) -> list[str]:
    """The case of each ``word`` in a text, by its first letter."""
    tokens = Tokens(text)
    decide = case_of_her if word == "her" else case_of_his
    return [decide(tokens, at, ENGLISH)[0][0] for at, low in enumerate(tokens.lows) if low == word]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I saw her.", "o"),
        ("I saw her car.", "d"),
        ("Tell her the truth about her brother.", "od"),
        ("Her own idea, not her.", "do"),
        ("Give her credit; her credit score is fine.", "od"),
        ("He made her captain and her team cheered.", "od"),
        ("Make her offer competitive and make her an offer.", "do"),
        ("Let her drive; her drive is long.", "od"),
        ("We watched her leave the office.", "o"),
        ("I heard her singing. Her singing is fine.", "od"),
        ("Tell her Monday works, but move her Monday shift.", "od"),
        ("They sent her home from her home.", "od"),
        ("It drives her crazy that her crazy uncle came.", "od"),
        ("I found her very helpful, and her very helpful boss too.", "od"),
        ("They bought her flowers and watered her flowers.", "od"),
        ("Her and my team met her and me.", "do"),
        ("She rewrote her will. People who know her will agree.", "do"),
        ("Everyone who met her says her work is good.", "od"),
        ("Call her Beth, but call her mother too.", "od"),
        ("He called her names and knew her names.", "od"),
        ("Offer her 5,000 miles; her 5,000 miles expired.", "od"),
        ("We hired **her** for <b>her</b> skills.", "od"),
        ("Wish her luck, and wish her team luck.", "od"),
        ("Send her directions to her flat.", "od"),
        ("Her being late hurt her.", "do"),
        ("We saw her last week, in her last week.", "od"),
        ("Bring her back to her back yard.", "od"),
        ("I gave her all the files; she gave it her all.", "od"),
        ("(her)", "o"),
        ("her", "o"),
    ],
)
def test_her(text: str, expected: str) -> None:
    assert "".join(cases(text, "her")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("His car is his.", "dp"),
        ("His was late.", "p"),
        ("That laptop of his keeps crashing on his desk.", "pd"),
        ("A friend of his who knows his boss.", "pd"),
        ("His own, his very own, his most recent.", "ddd"),
        ("His and her cars; his and mine.", "dp"),
        ("Is this his or yours?", "p"),
        ("He read his will. His will be fine.", "dp"),
    ],
)
def test_his(text: str, expected: str) -> None:
    assert "".join(cases(text, "his")) == expected


def test_every_rule_has_a_name_that_explains() -> None:
    tokens = Tokens("They made her captain.")
    assert case_of_her(tokens, 2, ENGLISH) == ("object", "made her captain")
