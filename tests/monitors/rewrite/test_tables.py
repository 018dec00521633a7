"""All tables together."""

import re

import pytest

from evenhand import resources
from monitors.rewrite import load_tables, read
from monitors.rewrite.lexicon import LexiconError
from monitors.rewrite.tables import make_tables
from monitors.rewrite.tokens import WORD

TEXTS = {f.stem: f.read_text(encoding="utf-8") for f in resources.path("config/lexicons").glob("*.yaml")}
NAMES = load_tables().names


def test_a_version_changes_with_any_text() -> None:
    assert make_tables(TEXTS, NAMES).version == load_tables().version
    assert make_tables(TEXTS | {"age": TEXTS["age"] + "\n# note\n"}, NAMES).version != load_tables().version


def test_a_missing_file_is_told() -> None:
    with pytest.raises(LexiconError, match=r"figures.yaml:1: missing"):
        make_tables({k: v for k, v in TEXTS.items() if k != "figures"}, NAMES)


def test_an_unknown_word_list_and_a_missing_one_are_told() -> None:
    with pytest.raises(LexiconError) as error:
        make_tables(TEXTS | {"english": TEXTS["english"].replace("\nmeals:", "\nmeels:")}, NAMES)
    assert any("unknown list 'meels'" in m for m in error.value.mistakes)
    assert any("'meals' is missing" in m for m in error.value.mistakes)


def test_an_operators_axis_is_rewritten() -> None:
    tables = make_tables(TEXTS | {"rank": "axis: rank\ngroups: [low, high]\nrole:\n  - {low: private, high: general}\n"}, NAMES)
    assert tables.has_group("rank", "high")
    assert not tables.has_group("rank", "tall")
    assert tables.has_group("age", "44")
    assert [s.group for s in tables.vocabulary["private"]] == ["low"]


def spoken(phrase: str, kind: str) -> str:
    """A text with the phrase, written as such phrases are."""
    text = phrase.replace("*", "")
    return f"Then {text if kind in LOWER else WORD.sub(lambda m: m[0][:1].upper() + m[0][1:], text)} in a film."


LOWER = ("idioms", "biological", "biological_not", "bound", "bound_other", "topic", "translation")


def test_every_expression_is_found_where_it_stands_and_not_in_other_words() -> None:
    tables = load_tables()
    missed, forged = [], []
    for book, rows in tables.books.items():
        for phrase, _ in rows:
            found = read([{"role": "user", "content": spoken(phrase, book)}], tables).found
            if not any(f.phrase == phrase for book_found in found.values() for f in book_found):
                missed.append((book, phrase))
            apart = read([{"role": "user", "content": spoken(phrase, book).replace(" in a film", "").replace(" ", " xq ")}], tables).found
            if " " in phrase and any(f.phrase == phrase for book_found in apart.values() for f in book_found):
                forged.append((book, phrase))
    assert (missed, forged) == ([], [])


@pytest.mark.parametrize(
    ("stem", "added", "told"),
    [
        ("validity", "translation: |\n  in latin\n  in latin\n", "'in latin' stands twice in translation"),
        ("validity", "translation: |\n  ab*\n", "'ab*' is never found: its stem is too short"),
        ("validity", "translation: [one]\n", "translation is neither a block of lines nor a mapping of such blocks"),
        ("entities", "laws: |\n  murphy's law\n  murphy's law\n", "stands twice in laws"),
    ],
)
def test_an_expression_that_cannot_be_found_or_stands_twice_is_told(stem: str, added: str, told: str) -> None:
    key = added.split(":")[0]
    text = "".join(block for block in re.split(r"(?m)^(?=[a-z_]+:)", TEXTS[stem]) if not block.startswith(f"{key}:")) + added
    with pytest.raises(LexiconError) as error:
        make_tables(TEXTS | {stem: text}, NAMES)
    (mistake,) = error.value.mistakes
    assert told in mistake
    assert re.match(rf"{stem}\.yaml:\d+: ", mistake)


def test_a_listed_word_that_no_text_holds_is_told() -> None:
    with pytest.raises(LexiconError) as error:
        make_tables(TEXTS | {"english": TEXTS["english"].replace("\nmeals: ", "\nmeals: t-bone ")}, NAMES)
    assert any("'t-bone' in meals is never one word of a text (write words without hyphen" in m for m in error.value.mistakes)
