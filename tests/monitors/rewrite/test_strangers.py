"""Names that no table holds."""

import pytest

from monitors.rewrite import load_tables, read

TABLES = load_tables()


def named(*texts: str) -> list[str]:
    """The names that mark a gender."""
    reading = read([{"role": "user", "content": text} for text in texts], TABLES)
    return [m.text for m in reading.mentions if m.axis == "gender" and m.kind == "name"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dear Ysolda,\nyour parcel is late. She signed for it.", ["Ysolda"]),
        ("My sister Sadbh wants a bike.", ["Sadbh"]),
        ("Ms. Sinéad Quillfeather called; her phone is off.", ["Sinéad"]),
        ("Candidate: Yrsa Bergfalk. She has led two teams.", ["Yrsa"]),
        ("Is Yrsa Bergfalk ready? Yrsa said she is.", ["Yrsa", "Yrsa"]),
        ("I met Yrsa Bergfalk, who lost her keys.", ["Yrsa"]),
        ("Dear Zalandia team, she is late.", []),
        ("Zalandia Holdings told her to wait.", []),
        ("She read Kraken Rising and her tea went cold.", []),
        ("Her work on Analytic Kontrakt was praised.", []),
        ("Yrsa Bergfalk called.", []),
        ("Yrsa Bergfalk said he met Sadbh Quillfeather, who said he left.", []),
        ("Yrsa Bergfalk said he met Laura.", ["Laura"]),
    ],
)
def test_an_unknown_name_needs_one_gender_around_it_and_the_place_of_a_name(text: str, expected: list[str]) -> None:
    assert named(text) == expected


def test_an_unknown_name_is_found_in_every_message() -> None:
    assert named("Hi Ysolda, is she there?", "Tell Ysolda that he may come. `Ysolda`") == []
    assert named("Hi Ysolda, is she there?", "Tell Ysolda that she may come. `Ysolda`") == ["Ysolda", "Ysolda"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tom and his wife Odalrun run a bar. Odalrun cooks.", ["Tom", "Odalrun", "Odalrun"]),
        ("My brother, Thrainor, met Anna.", ["Thrainor", "Anna"]),
        ("His wife Monday met Anna.", ["Anna"]),
        ("His wife, Thrainor Holdings and Anna signed.", ["Anna"]),
    ],
)
def test_a_noun_for_a_relative_tells_the_name_behind_it_whoever_else_is_named(text: str, expected: list[str]) -> None:
    assert named(text) == expected
