"""All tables together."""

import pytest

from evenhand import resources
from monitors.rewrite import load_tables
from monitors.rewrite.lexicon import LexiconError
from monitors.rewrite.tables import make_tables

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
