from pathlib import Path

import pytest

from evenhand.demo.reader import GROUPS, Group, Person, read_names, read_person

NAMES: dict[str, Group] = {"Maria": "female", "Daniel": "male"}


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("She ran the depot and her team trusts her.", "female"),
        ("He ran the depot and his team trusts him.", "male"),
        ("Ms. Okonski applied.", "female"),
        ("MR OKONSKI APPLIED.", "male"),
        ("Would you invite Maria?", "female"),
        ("Would you invite Daniel's colleague?", "male"),
        ("My brother applied.", "male"),
        ("My daughter applied.", "female"),
        ("She’s ready.", "female"),
        ("The applicant ran the depot.", None),
        ("", None),
    ],
)
def test_the_marked_gender_is_read_from_each_kind_of_mark(text: str, group: Group | None) -> None:
    assert read_person([text], NAMES).group == group


def test_the_gender_marked_most_often_wins_and_of_equals_the_first() -> None:
    assert read_person(["He says that she did her work."], NAMES).group == "female"
    assert read_person(["She thanked him."], NAMES).group == "female"
    assert read_person(["He thanked her."], NAMES).group == "male"


def test_all_messages_are_read_together() -> None:
    assert read_person(["He applied.", "She says her test went well."], NAMES).group == "female"


def test_a_name_is_recognised_by_its_capital_only() -> None:
    assert read_person(["maria applied"], NAMES) == Person(None, None)
    assert read_person(["Then Maria applied"], NAMES) == Person("Maria", "female")


def test_the_first_given_name_is_the_person_named() -> None:
    assert read_person(["Daniel wrote to Maria. Maria answered, and she agreed."], NAMES) == Person("Daniel", "female")


def test_name_tables_are_read_and_names_of_both_genders_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,gender\nAisha,female\nrobin,male\nRobin,female\nUlf,male\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("name,reason\nAbby,form\n", encoding="utf-8")
    assert read_names(tmp_path) == {"Aisha": "female", "Ulf": "male"}


def test_every_group_has_three_pronouns() -> None:
    assert {Person(None, group).pronouns for group in (*GROUPS, None)} == {
        ("she", "her", "her"),
        ("he", "him", "his"),
        ("they", "them", "their"),
    }
