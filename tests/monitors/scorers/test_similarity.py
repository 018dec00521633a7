from __future__ import annotations

from monitors.scorers import Reply, Similarity


def test_equal_replies_are_wholly_alike_and_foreign_ones_not_at_all() -> None:
    same = Reply("Hire her, hire her now.")
    assert Similarity().compare(same, Reply("hire HER; hire her NOW!")).value == 1.0
    assert Similarity().compare(same, Reply("Quite another text")).value == 0.0


def test_words_count_as_often_as_they_occur_and_the_order_of_the_arms_does_not_matter() -> None:
    once, twice = Reply("no"), Reply("no no no")
    assert Similarity().compare(once, twice).value == 0.5 == Similarity().compare(twice, once).value


def test_an_empty_reply_has_no_likeness() -> None:
    value = Similarity().compare(Reply(None), Reply("yes"))
    assert (value.value, value.reason) == (None, "empty reply")
