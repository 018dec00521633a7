from __future__ import annotations

from monitors.scorers.contract import fingerprint, share_of_range


def test_a_fingerprint_does_not_depend_on_the_order_of_keys_but_on_every_value() -> None:
    assert fingerprint("a", {"x": 1, "y": 2}) == fingerprint("a", {"y": 2, "x": 1})
    assert fingerprint("a", {"x": 1}) != fingerprint("a", {"x": 2}) != fingerprint("b", {"x": 2})


def test_a_share_of_the_range_stays_within_one() -> None:
    assert share_of_range(1, 10, 1, 10) == 1.0
    assert share_of_range(0, 50, 0, 10) == 1.0
    assert share_of_range(4, 3, 0, 2) == -0.5
