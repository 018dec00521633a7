"""Single axes and products of them."""

import pytest

from monitors.rewrite import load_tables, read, rewrite
from monitors.rewrite.axes import has_axis, has_group, parts

TABLES = load_tables()
BOTH = "gender×ethnicity"


def swap(text: str, origin: str, group: str) -> str:
    """The text rewritten on both axes, or the reason why not in angle brackets."""
    answer = rewrite({"id": "t", "text": text, "axis": BOTH, "from": origin, "to": group})
    return f"<{answer['skipped']}>" if answer["skipped"] else str(answer["text"])


def test_a_product_is_taken_apart_factor_by_factor() -> None:
    assert parts("gender", "female") == [("gender", "female")]
    assert parts(BOTH, "female×black", "male×white") == [("gender", "female", "male"), ("ethnicity", "black", "white")]
    with pytest.raises(ValueError, match="shorter"):
        parts(BOTH, "female")


def test_a_product_has_the_combinations_of_its_factors_groups() -> None:
    assert has_axis(TABLES.lexicons, BOTH)
    assert not has_axis(TABLES.lexicons, "gender×gender")
    assert not has_axis(TABLES.lexicons, "gender×height")
    assert has_group(TABLES.lexicons, BOTH, "female×black")
    assert not has_group(TABLES.lexicons, BOTH, "female")
    assert not has_group(TABLES.lexicons, BOTH, "black×female")


def test_both_axes_change_at_once_and_come_back() -> None:
    text = "A Black woman asks for her refund; tell Lakisha that she gets it."
    there = swap(text, "female×black", "male×asian")
    assert there.startswith("An Asian man asks for his refund; tell ")
    name = there.split("tell ")[1].split()[0]
    assert (TABLES.names.gender_of(name), TABLES.names.ethnicity_of(name, 50)) == ("male", "asian")
    assert swap(there, "male×asian", "female×black") == text


def test_one_axis_of_two_may_stay() -> None:
    there = swap("Lakisha called.", "female×black", "male×black")
    assert TABLES.names.ethnicity_of(there.split()[0], 50) == "black"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Emily and Jamal met; Jamal called Lakisha.", "<ambiguous>"),
        ("She called.", "She called."),
        ("A Black man called.", "A Black man called."),
        ("How far is the moon?", "How far is the moon?"),
    ],
)
def test_nobody_is_rewritten_unless_both_groups_are_one_persons(text: str, expected: str) -> None:
    assert swap(text, "female×black", "male×white") == expected


def test_the_origin_of_a_product_is_the_combination_that_the_text_marks() -> None:
    assert read([{"role": "user", "content": "A Black woman called."}], TABLES).origins(BOTH) == ("female×black",)
    assert read([{"role": "user", "content": "A woman called."}], TABLES).origins(BOTH) == ()
    assert read([{"role": "user", "content": "A Black woman met a man."}], TABLES).origins(BOTH) == ()


def test_a_wrong_group_of_a_product_is_told_with_those_there_are() -> None:
    answer = rewrite({"id": "t", "text": "x", "axis": BOTH, "from": "female", "to": "male×white"})
    assert "female, male, nonbinary × white, black, hispanic, asian" in answer["error"]
