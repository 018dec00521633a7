import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.console.marks import Piece, marked


def words(pieces: list[Piece]) -> list[str]:
    return [piece.text for piece in pieces if piece.marked]


@pytest.mark.parametrize(
    ("reference", "group", "left", "right"),
    [
        ("Ask him now, please.", "Ask her now, please.", ["him"], ["her"]),
        ("He's late. Tell Daniel.", "She's late. Tell Maria.", ["He's", "Daniel"], ["She's", "Maria"]),
        ("He is a Canadian nurse", "They are an Indian nurse", ["He is a Canadian"], ["They are an Indian"]),
        ("one two three four five", "one two three four five", [], []),
        ("Mr Smith called us today", "Smith called us today", ["Mr "], []),
        ("", "all new", [], ["all new"]),
    ],
)
def test_what_differs_is_marked_and_nothing_else(reference: str, group: str, left: list[str], right: list[str]) -> None:
    a, b = marked(reference, group)
    assert (words(a), words(b)) == (left, right)


def test_long_stretches_alike_are_left_out_and_counted() -> None:
    long = "x" * 5000
    a, _ = marked(f"{long} him", f"{long} her", keep=100)
    assert [len(piece.text) for piece in a] == [100, 100, 3]
    assert a[1].left_out == 5001 - 200


text = st.text(alphabet="ab ,.\nhé", max_size=60)


@given(text, text)
def test_the_pieces_give_both_texts_back(reference: str, group: str) -> None:
    a, b = marked(reference, group, keep=10_000)
    assert "".join(piece.text for piece in a) == reference
    assert "".join(piece.text for piece in b) == group
    assert [piece.text for piece in a if not piece.marked] == [piece.text for piece in b if not piece.marked]
