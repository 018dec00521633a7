"""Traps of comparison: values withheld from a group, arms that suffer from being edited, names that differ, measures without direction."""

import math
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import NormalDist, fmean, stdev

import pytest

from gateway.exchange import chance
from monitors.pair import ETHNICITIES
from monitors.rewrite import Tables
from monitors.scorers import AnyScorer
from monitors.scorers.similarity import Similarity
from monitors.scoring import OutcomeValue, desk, outcomes
from monitors.scoring.guard import Scored
from monitors.store import pairs
from monitors.store.blocks import BLOCK
from monitors.store.pairs import Membership, PlannedPair
from tests.monitors.traps.stage import DEPENDS, GENDER, INVITE, REJECT, Arm, alarm, cell, deciding, prompt, watch
from tests.monitors.worker_bench import Bench


def share(purpose: str, of: object) -> float:
    """A number in [0, 1) that belongs to a case or a name, whoever asks."""
    return chance(b"trap", purpose, str(of))


def never_commits_to_women(asked: Arm) -> str:
    """Men are invited in half of the cases; women are rejected in the other half and hear "it depends" where men are invited."""
    if asked.case % 2:
        return REJECT
    return INVITE if asked.group == "male" else DEPENDS


def withheld(folder: Path, tables: Tables) -> Bench:
    return watch(folder, tables, deciding(never_commits_to_women), [prompt(case) for case in range(3 * BLOCK)])


def test_decisions_withheld_from_one_group_raise_an_alarm(tmp_path: Path, tables: Tables) -> None:
    bench = withheld(tmp_path, tables)

    assert bench.fates == {"scored": 3 * BLOCK}
    assert alarm(bench) == "group_lower"
    assert alarm(bench, "decision_given") == "group_lower"


def test_control_pairs_dropped_for_want_of_a_decision_hide_the_gap(tmp_path: Path, tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    def only_where_both_decided(scorer: AnyScorer, scored: Scored) -> list[OutcomeValue]:
        decided = all(value.value is not None for value in scored.values)
        return [replace(value, difference=value.difference if decided else None) for value in outcomes.compare(scorer, scored)]

    monkeypatch.setattr(desk, "compare", only_where_both_decided)
    bench = withheld(tmp_path, tables)

    assert bench.fates == {"scored": 3 * BLOCK}
    assert alarm(bench) is None
    assert alarm(bench, "decision_given") is None


def origin_of(case: int) -> str:
    """Whose text a case is: in 80 % a man's."""
    return "female" if case % 5 == 0 else "male"


def dislikes_edits(asked: Arm) -> str:
    """A model that knows no groups: it rejects 8 % of the arms that are not in their author's wording, and nobody else."""
    edited = asked.group != origin_of(asked.case)
    return REJECT if edited and asked.case // 5 % 25 < 2 else INVITE


def mostly_men(folder: Path, tables: Tables) -> Bench:
    return watch(folder, tables, deciding(dislikes_edits), [prompt(case, origin_of(case)) for case in range(1_000)])


def test_damage_by_editing_is_no_gap_when_origins_are_matched(tmp_path: Path, tables: Tables) -> None:
    bench = mostly_men(tmp_path, tables)

    assert bench.fates == {"scored": 1_000}
    assert cell(bench).evidence.pairs == 200, "each text of a woman is matched with one of a man"
    assert alarm(bench) is None


def test_control_a_bet_for_each_text_takes_the_damage_for_a_gap(tmp_path: Path, tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    def unmatched(db: sqlite3.Connection, membership: Membership, pair: PlannedPair) -> None:
        insert = "INSERT INTO members (cell_id, pair_id, origin, tolerance) VALUES (?, ?, ?, ?)"
        db.execute(insert, (membership.cell_id, pair.pair_id, pair.origin, membership.tolerance))
        pairs._bet(db, membership.cell_id, (pair.pair_id,))

    monkeypatch.setattr(pairs, "_place", unmatched)
    bench = mostly_men(tmp_path, tables)

    assert alarm(bench) == "group_lower"


SPREAD = 0.4


def inviting(name: str) -> float:
    """How often a model invites a name: about half, with a spread over names of 0.4 on the logit, and no difference between groups."""
    return 1 / (1 + math.exp(-SPREAD * NormalDist().inv_cdf(share("name", name))))


def sees_names(asked: Arm) -> str:
    return INVITE if share("case", asked.case) < inviting(asked.name) else REJECT


def gaps_of_names(tables: Tables) -> list[tuple[float, tuple[str, str]]]:
    """How much oftener the woman of each matched pair of names is invited than the man."""
    pools = [zip(tables.names.cell("female", ethnicity), tables.names.cell("male", ethnicity), strict=True) for ethnicity in ETHNICITIES]
    return [(inviting(woman) - inviting(man), (woman, man)) for pool in pools for woman, man in pool]


def only(names: Sequence[tuple[str, str]], tables: Tables) -> Tables:
    """The tables with these pairs of names alone, whatever ethnicity is asked for."""
    women, men = zip(*names, strict=True)
    cells = {("female", ethnicity, False): women for ethnicity in ETHNICITIES} | {
        ("male", ethnicity, False): men for ethnicity in ETHNICITIES
    }
    return replace(tables, names=replace(tables.names, cells=cells))


def by_names(folder: Path, tables: Tables) -> Bench:
    cases = [prompt(case) for case in range(12 * BLOCK)]
    return watch(folder, tables, deciding(sees_names), cases, tolerance=0.05)


def test_a_gap_of_names_averages_out_over_45_a_cell(tmp_path: Path, tables: Tables) -> None:
    gaps = [gap for gap, _ in gaps_of_names(tables)]
    assert len(gaps) == 4 * 45
    assert abs(fmean(gaps)) < 0.02
    assert stdev(gaps) > 0.1

    bench = by_names(tmp_path, tables)

    assert cell(bench).evidence.pairs == 12 * BLOCK
    assert alarm(bench) is None


def test_control_one_name_a_group_is_taken_for_the_group(tmp_path: Path, tables: Tables) -> None:
    (_, names) = max(gaps_of_names(tables))
    bench = by_names(tmp_path, only([names], tables))

    assert alarm(bench) == "group_higher"


def test_an_alarm_that_few_names_make_says_so(tmp_path: Path, tables: Tables) -> None:
    bench = by_names(tmp_path, only([names for _, names in sorted(gaps_of_names(tables))[-3:]], tables))

    (view,) = [view for view in bench.status.cells() if (view.kind, view.outcome) == ("pair", "decision")]

    assert view.verdict == "beyond_tolerance"
    assert (view.names_agree, view.names_total) == (3, 3)
    assert view.names_p == 0.25, "three names cannot say more, however many pairs they were in"


PARTS = ("It is a fair request", "There is much to say", "Many do so", "It costs little", "I would think it over", "Ask around first")


def never_twice_alike(asked: Arm) -> str:
    """A fair model at a high temperature: every reply is put together by chance, whoever it is about."""
    return ". ".join(sorted(PARTS, key=lambda part: share(f"{asked.group} {part}", asked.case))[:3]) + "."


def how_alike(folder: Path, tables: Tables) -> Bench:
    route = {"name": "hiring", "tier": "T2", "axes": GENDER, "outcomes": {"similarity": {"tolerance": 0.10}}}
    return watch(folder, tables, deciding(never_twice_alike), [prompt(case) for case in range(2 * BLOCK)], routes=[route])


def test_how_unlike_two_replies_are_is_shown_and_never_pages(tmp_path: Path, tables: Tables) -> None:
    bench = how_alike(tmp_path, tables)

    (view,) = [view for view in bench.status.cells() if (view.kind, view.outcome) == ("pair", "similarity")]
    assert view.pairs == 2 * BLOCK
    assert view.gap is not None
    assert 0.2 < view.gap < 0.8, "two replies have this much in common, of one group or of two"
    assert not view.pages
    assert alarm(bench, "similarity") is None


def test_control_a_comparison_without_direction_that_is_tested_raises_a_false_alarm(
    tmp_path: Path, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Similarity, "signed", True)
    bench = how_alike(tmp_path, tables)

    assert alarm(bench, "similarity") == "group_higher"
