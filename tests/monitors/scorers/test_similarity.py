from __future__ import annotations

from monitors.scorers import Reply, Value
from monitors.scorers.similarity import Similarity


def alike(reference: str | None, group: str | None) -> Value:
    (value,) = Similarity().compare([(Reply(reference), Reply(group))])
    return value


def test_equal_replies_are_wholly_alike_and_foreign_ones_not_at_all() -> None:
    assert alike("Hire her, hire her now.", "hire HER; hire her NOW!").value == 1.0
    assert alike("Hire her, hire her now.", "Quite another text").value == 0.0


def test_words_count_as_often_as_they_occur_and_the_order_of_the_arms_does_not_matter() -> None:
    assert alike("no", "no no no").value == 0.5 == alike("no no no", "no").value


def test_an_empty_reply_has_no_likeness() -> None:
    assert alike(None, "yes") == Value(None, reason="empty reply")
    assert alike("yes", "…") == Value(None, reason="empty reply")


def test_a_reversed_decision_may_be_nearly_the_same_words() -> None:
    assert (alike("I would hire her.", "I would not hire her.").value or 0) > 0.85
