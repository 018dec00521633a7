"""Lexicons read from YAML: what an operator may write, and what is told about mistakes."""

import pytest

from monitors.rewrite.lexicon import LexiconError, parse_lexicon, pluralize, split_form

RANKS = """axis: rank
groups: [low, high]

role:
  - {low: private, high: general}
  - {low: [squire, page], high: knight, plural: {low: squires}, after: [white]}
"""


def mistakes(text: str) -> list[str]:
    """What is told about a wrong lexicon."""
    with pytest.raises(LexiconError) as error:
        parse_lexicon("rank.yaml", text)
    return error.value.mistakes


def test_an_axis_is_added_by_a_file_alone() -> None:
    lexicon = parse_lexicon("rank.yaml", RANKS)
    assert lexicon.groups == ("low", "high")
    found = {(" ".join(s.words), s.group, s.plural) for s in lexicon.senses()}
    assert {("private", "low", False), ("generals", "high", True), ("page", "low", False), ("knights", "high", True)} <= found
    assert lexicon.terms[1].after == {"white"}


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("high: general", "tall: general", 5, "unknown group or key 'tall'"),
        ("{low: private, high: general}", "{low: private}", 5, "fewer than two groups"),
        ("high: knight", "high: private", 6, "'private' marks low and again high"),
        ("plural: {low: squires}", "plural: squires", 6, "plural is neither false nor a mapping"),
        ("role:", "roles:", 4, "unknown kind 'roles'"),
        ("- {low: private, high: general}", "- private", 5, "the entry is not a mapping"),
        ("groups: [low, high]", "groups: [low]", 2, "not a list of two or more"),
        ("{low: private, high: general}", "{low: private, high: general, neutral: [tall]}", 5, "unknown group 'tall'"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_fix(old: str, new: str, line: int, told: str) -> None:
    assert old in RANKS
    found = mistakes(RANKS.replace(old, new))
    assert any(m.startswith(f"rank.yaml:{line}: ") and told in m and m.endswith(")") for m in found), found


def test_all_mistakes_are_told_at_once() -> None:
    assert len(mistakes(RANKS.replace("high: general", "tall: general").replace("plural: {low: squires}", "plural: 7"))) >= 2


def test_what_is_not_yaml_is_told_with_its_line() -> None:
    assert mistakes("axis: rank\ngroups: [low\n")[0].startswith("rank.yaml:")
    assert "not a mapping" in mistakes("- 1\n")[0]


def test_a_pronoun_without_a_case_is_told() -> None:
    found = mistakes(RANKS + "\npronouns:\n  low: {subject: ve, object: ver}\n")
    assert any("low has no determiner pronoun" in m for m in found)


@pytest.mark.parametrize(
    ("one", "many"), [("waitress", "waitresses"), ("lady", "ladies"), ("boy", "boys"), ("chairman", "chairmen"), ("son", "sons")]
)
def test_regular_plurals(one: str, many: str) -> None:
    assert pluralize(one) == many


def test_a_form_is_split_as_the_tokenizer_splits() -> None:
    assert split_form("Mother-in-law") == ("mother", "in", "law")
    assert split_form("ma'am") == ("ma", "am")
