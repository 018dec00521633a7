"""A scorer of another package, found by its distribution's entry point as it would be after an installation."""

import sys
from pathlib import Path

import pytest

from monitors.scorers import PairScorer, Reply, build, mistakes, place_of
from tests.monitors.scoring.plugin import write_plugin


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(write_plugin(tmp_path))
    monkeypatch.delitem(sys.modules, "naughty_scorers", raising=False)


def test_it_is_built_by_its_name_and_runs_where_its_faults_stay() -> None:
    scorer = build({"polite": {}})["polite"]
    assert not isinstance(scorer, PairScorer)
    assert scorer.score([Reply("a")])[0].value == 0.25
    assert place_of(scorer) == "process"


def test_its_name_is_among_those_proposed_for_a_wrong_one() -> None:
    ((_, what, mend),) = mistakes("polit", {})
    assert "did you mean polite?" in f"{what} {mend}"
