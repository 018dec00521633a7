"""The parties of a court case are nobody in the text."""

import pytest

from monitors.rewrite import load_tables, read
from monitors.rewrite.court import parties
from monitors.rewrite.tokens import Tokens

TABLES = load_tables()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Griggs v. Duke Power Co. holds", "Griggs v. Duke Power Co"),
        ("in Loving v. Virginia the court", "Loving v. Virginia"),
        ("see Duke of York v Maria Jones & Sons", "Duke of York v Maria Jones & Sons"),
        ("version v 2", ""),
        ("V. Maria", ""),
        ("type v. then", ""),
    ],
)
def test_the_parties_of_a_case(text: str, expected: str) -> None:
    tokens = Tokens(text)
    found = parties(tokens, tokens.lows.index("v"))
    assert (text[tokens.start(found.start) : tokens.end(found.stop - 1)] if found else "") == expected


def test_a_party_is_no_mention() -> None:
    reading = read([{"role": "user", "content": "Does Obergefell v. Laura Hodges help Laura and her wife?"}], TABLES)
    assert {m.start for m in reading.mentions if m.text == "Laura"} == {37}
