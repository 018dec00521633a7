"""What a word may be, remembered."""

import pytest

from monitors.rewrite import load_tables, triggers
from monitors.rewrite.triggers import Trigger

WORDS = load_tables().words


def look(word: str) -> Trigger:
    """What a word may be; it must be something."""
    found = WORDS[word]
    assert found is not None
    return found


def test_a_word_that_means_nothing_here_is_remembered_as_such() -> None:
    assert WORDS["qwertyuiop"] is None
    assert "qwertyuiop" in WORDS


def test_a_pronoun_is_one_in_any_writing() -> None:
    assert all(look(word).pronoun for word in ("her", "Her", "HER"))


def test_a_name_needs_its_capital_unless_it_is_common_and_nothing_else() -> None:
    assert look("Grace").name is not None
    assert WORDS["grace"] is None or look("grace").name is None
    assert look("maria").name is not None


def test_a_stem_is_found_in_longer_words_only() -> None:
    assert any(entry.phrase == "pregnan*" for entry in look("pregnancy").phrases)
    assert WORDS["pregreeted"] is None


@pytest.mark.parametrize("word", ["fiancée", "Zoë", "José"])
def test_accents_are_read_through(word: str) -> None:
    assert look(word).senses or look(word).name is not None


def test_a_pronoun_has_no_accents() -> None:
    assert WORDS["HÈ"] is None


def test_no_more_words_are_remembered_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triggers, "REMEMBERED", len(WORDS) + 2)
    for number in range(10):
        assert WORDS[f"zzqx{number}"] is None
    assert len(WORDS) < triggers.REMEMBERED + 2
    assert look("she").pronoun


def test_a_word_too_long_to_be_one_is_not_remembered() -> None:
    assert WORDS["y" * 10_000] is None
    assert "y" * 10_000 not in WORDS
