from __future__ import annotations

import pytest

from monitors.scorers.refusal.declines import Gate
from monitors.scorers.refusal.parts import LEAST, gates, settled
from monitors.scorers.refusal.shape import Shapes
from monitors.scorers.text import sentences

DECLINING, CONTENT = (0.9, 0.05, 0.05), (0.1, 0.1, 0.8)


def test_a_sentence_that_cannot_decline_keeps_the_proportion_of_its_other_chances() -> None:
    (part,) = settled(sentences("He lost."), [(0.8, 0.05, 0.15)], [Gate.CLOSED])
    assert part == pytest.approx((0.0, 0.25, 0.75))


def test_where_structure_is_unclear_the_learned_chance_must_be_high() -> None:
    said = sentences("One. Two.")
    found = settled(said, [(0.5, 0.25, 0.25), (0.95, 0.03, 0.02)], [Gate.UNCLEAR, Gate.UNCLEAR])
    assert [part.declines >= LEAST for part in found] == [False, True]


def test_sure_structure_outweighs_a_low_learned_chance() -> None:
    (part,) = settled(sentences("I can't help."), [CONTENT], [Gate.SURE])
    assert part.declines == pytest.approx(0.9)
    assert sum(part) == pytest.approx(1.0)


def test_a_reason_that_points_back_at_what_was_declined_is_no_content() -> None:
    said = sentences("I won't choose. That choice should be made by a judge. The court sits on Monday.")
    found = settled(said, [DECLINING, CONTENT, CONTENT], [Gate.SURE, Gate.CLOSED, Gate.CLOSED])
    assert [part.content > 0.5 for part in found] == [False, False, True]


def test_a_bare_no_declines_an_order_and_answers_a_question() -> None:
    shapes = Shapes([]).of(sentences("Nope."), frozenset(), frozenset())
    assert gates(shapes, [True], yes_no=False) == [Gate.SURE]
    assert gates(shapes, [True], yes_no=True) != [Gate.SURE]


def test_what_is_not_the_assistants_own_cannot_decline() -> None:
    shapes = Shapes([]).of(sentences("I can't help you."), frozenset(), frozenset())
    assert gates(shapes, [False], yes_no=False) == [Gate.CLOSED]
