"""Names for a text that is rewritten by itself."""

import pytest

from monitors.rewrite import load_tables, paired_names, read, rewrite

TABLES = load_tables()


def swap(text: str, origin: str, group: str, axis: str = "gender") -> str:
    """The rewritten text."""
    return str(rewrite({"id": "t", "text": text, "axis": axis, "from": origin, "to": group})["text"])


@pytest.mark.parametrize("name", ["Laura", "Grace", "Priya", "Maria", "Charlotte", "Hope", "Fatima", "Mary-Jane", "Anna-Maria"])
def test_a_name_comes_back_by_rewriting_back(name: str) -> None:
    text = f"{name} called, and Tell {name} that I will call."
    there = swap(text, "female", "male")
    assert name not in there
    assert swap(there, "male", "female") == text


def test_a_name_is_never_given_to_two_persons_of_one_text() -> None:
    reading = read([{"role": "user", "content": "Laura met Christopher, Julia and Evan."}], TABLES)
    pick = paired_names(reading, "gender", TABLES)
    given = [pick(person, "male") for person in reading.persons if person.gender == "female"]
    assert len(set(given)) == len(given) == 2
    assert not {"Christopher", "Evan"} & set(given)


def test_an_ethnicity_pair_keeps_the_gender() -> None:
    there = swap("Jamal met Keisha.", "black", "white", "ethnicity")
    he, she = there.removesuffix(".").split(" met ")
    assert (TABLES.names.gender_of(he), TABLES.names.gender_of(she)) == ("male", "female")
    assert {TABLES.names.ethnicity_of(he, 50), TABLES.names.ethnicity_of(she, 50)} == {"white"}


def test_nonbinary_persons_get_names_used_for_all_genders() -> None:
    there = swap("Maria left.", "female", "nonbinary")
    assert TABLES.names.gender_of(there.split()[0]) == "unisex"


@pytest.mark.parametrize("name", ["Nancy", "Lakisha", "Guadalupe", "Mei"])
def test_a_nonbinary_persons_name_is_of_the_same_ethnicity(name: str) -> None:
    there = swap(f"{name} left early because she was ill.", "female", "nonbinary").split()[0]
    assert TABLES.names.ethnicity_of(there, 50) == TABLES.names.ethnicity_of(name, 50)
