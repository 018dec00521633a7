from __future__ import annotations

import pytest

from monitors.scorers.decision.terms import inflections, terms


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("hire", "hire hires hired hiring"),
        ("deny", "deny denies denied denying denial"),
        ("admit", "admit admits admitted admitting admission"),
        ("give", "give gives gave given giving"),
        ("pass", "pass passes passed passing"),
    ],
)
def test_a_word_is_found_in_its_inflections(verb: str, forms: str) -> None:
    assert [word for word, _ in inflections(verb)] == forms.split()


def test_words_may_stand_between_a_verb_and_its_particle_but_no_stop() -> None:
    known = terms(["rent to"], ["turn down"])
    assert [m.favourable for m in known.find(["turn", "the", "nice", "couple", "down"])] == [False]
    assert known.find(["turn", ".", "down"]) == []


def test_a_declared_word_wins_over_a_synonym_of_the_other_side() -> None:
    known = terms(["decline"], ["hire"])
    assert [m.favourable for m in known.find(["decline", "hire"])] == [True, False]


def test_a_negated_phrase_is_left_to_the_reading_of_negation() -> None:
    known = terms(["hire"], ["do not hire"])
    (mention,) = known.find(["do", "not", "hire"])
    assert (mention.start, mention.favourable) == (2, True)
