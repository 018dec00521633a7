from __future__ import annotations

from monitors.scorers.training.compose import composed, templated
from monitors.scorers.training.replies import examples


def test_what_is_put_together_depends_on_the_seed_only() -> None:
    base = examples()
    assert [x.text for x in composed(base, 20, seed=3)] == [x.text for x in composed(base, 20, seed=3)]
    assert [x.text for x in templated(base, seed=3)] != [x.text for x in templated(base, seed=4)]
