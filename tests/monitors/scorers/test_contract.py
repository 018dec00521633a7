from __future__ import annotations

from monitors.scorers import build
from monitors.scorers.contract import PairScorer, fingerprint, place_of, share_of_range


def test_a_fingerprint_does_not_depend_on_the_order_of_keys_but_on_every_value() -> None:
    assert fingerprint("a", {"x": 1, "y": 2}) == fingerprint("a", {"y": 2, "x": 1})
    assert fingerprint("a", {"x": 1}) != fingerprint("a", {"x": 2}) != fingerprint("b", {"x": 2})


def test_a_share_of_the_range_stays_within_one() -> None:
    assert share_of_range(1, 10, 1, 10) == 1.0
    assert share_of_range(0, 50, 0, 10) == 1.0
    assert share_of_range(4, 3, 0, 2) == -0.5


def test_a_scorer_of_replies_and_one_of_pairs_are_told_apart() -> None:
    built = build({"similarity": {}, "length": {}})
    assert [isinstance(built[name], PairScorer) for name in ("similarity", "length")] == [True, False]


def test_our_scorers_of_text_run_in_the_monitor_and_those_that_do_not_say_in_a_process_of_their_own() -> None:
    assert place_of(build({"length": {}})["length"]) == "monitor"
    assert place_of(object()) == "process"  # type: ignore[arg-type]
