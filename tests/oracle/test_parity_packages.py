"""The classical figures against fairlearn, aif360, holisticai and statsmodels: as recorded always, live where they are installed."""

from __future__ import annotations

import importlib.util
import json
import math
import warnings
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitors.stats.flips import Flips, flip_p
from monitors.stats.odds import (
    Confusion,
    average_odds_difference,
    average_odds_error,
    equal_opportunity_difference,
    equalized_odds_difference,
    equalized_odds_ratio,
    widest_opportunity_difference,
)
from monitors.stats.omnibus import equal_rates
from monitors.stats.parity import cohens_h, disparate_impact, lowest_ratio, statistical_parity_difference, two_rate_z, widest_difference

RECORDED: dict[str, Any] = json.loads((Path(__file__).parent / "parity_packages.json").read_text())
PACKAGES = ("fairlearn", "aif360", "holisticai", "statsmodels")

cells = st.tuples(*(st.integers(1, 80) for _ in range(4)))


def ours(group: Confusion, reference: Confusion) -> dict[str, Any]:
    """Our figures under the names of the record."""
    rates, groups = (group.selected, reference.selected), {"group": group, "reference": reference}
    selected = {"group": rates[0], "reference": rates[1]}
    difference, ratio, (z, p) = statistical_parity_difference(*rates), disparate_impact(*rates), two_rate_z(*rates)
    return {
        "statistical_parity_difference": difference.value,
        "difference_interval": (difference.low, difference.high),
        "disparate_impact": ratio.value,
        "ratio_interval": (ratio.low, ratio.high),
        "cohens_h": cohens_h(*rates).value,
        "z": z.value,
        "p": p.value,
        "wilson": rates[0].wilson(),
        "widest_difference": widest_difference(selected).value,
        "lowest_ratio": lowest_ratio(selected).value,
        "equal_opportunity_difference": equal_opportunity_difference(group, reference).value,
        "equalized_odds_worst": equalized_odds_difference(groups).value,
        "equalized_odds_mean": equalized_odds_difference(groups, "mean").value,
        "equalized_odds_ratio": equalized_odds_ratio(groups).value,
        "average_odds_difference": average_odds_difference(group, reference).value,
        "average_odds_error": average_odds_error(group, reference).value,
        "four_fifths": lowest_ratio(selected).value,
    }


def ours_of_many(groups: Sequence[Sequence[int]]) -> dict[str, Any]:
    """Our figures for several groups at once."""
    confusions = {f"group {number}": Confusion(*cells) for number, cells in enumerate(groups)}
    selected = {name: confusion.selected for name, confusion in confusions.items()}
    omnibus = equal_rates(selected)
    return {
        "widest_difference": widest_difference(selected).value,
        "lowest_ratio": lowest_ratio(selected).value,
        "equal_opportunity_widest": widest_opportunity_difference(confusions).value,
        "equalized_odds_worst": equalized_odds_difference(confusions).value,
        "equalized_odds_mean": equalized_odds_difference(confusions, "mean").value,
        "equalized_odds_ratio": equalized_odds_ratio(confusions).value,
        "chi_square": omnibus.statistic,
        "chi_square_p": omnibus.p,
    }


def ours_of_pairs(counts: Sequence[int]) -> dict[str, Any]:
    """Our figures for pairs."""
    return {"flip_p": flip_p(Flips(*counts)).value}


def assert_alike(row: dict[str, Any], mine: dict[str, Any]) -> None:
    for package in row.keys() & set(PACKAGES):
        for name, value in row[package].items():
            theirs = tuple(value) if isinstance(value, list | tuple) else value
            assert mine[name] == pytest.approx(theirs, rel=1e-6, abs=1e-9), (package, name)


@pytest.mark.parametrize("row", RECORDED["rows"])
def test_figures_are_those_that_the_packages_gave(row: dict[str, Any]) -> None:
    assert_alike(row, ours(Confusion(*row["group"]), Confusion(*row["reference"])))


@pytest.mark.parametrize("row", RECORDED["many"])
def test_figures_of_many_groups_are_those_that_the_packages_gave(row: dict[str, Any]) -> None:
    assert_alike(row, ours_of_many(row["groups"]))


@pytest.mark.parametrize("row", RECORDED["pairs"])
def test_figures_of_pairs_are_those_that_the_packages_gave(row: dict[str, Any]) -> None:
    assert_alike(row, ours_of_pairs(row["counts"]))


def test_every_package_and_figure_is_on_record() -> None:
    assert set(RECORDED["versions"]) == set(PACKAGES)
    named = {name for package in PACKAGES for name in RECORDED["rows"][0][package]}
    assert named == set(ours(Confusion(1, 2, 3, 4), Confusion(4, 3, 2, 1)))
    assert not any(math.isnan(value) for row in RECORDED["rows"] for value in row["aif360"].values())


@pytest.fixture(scope="module")
def live() -> ModuleType:
    """The program that made the record, where its packages are installed."""
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    spec = importlib.util.spec_from_file_location("parity_packages", Path(__file__).parent / "parity_packages.py")
    assert spec is not None
    assert spec.loader is not None
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    return program


@pytest.mark.live_oracle
@pytest.mark.filterwarnings("ignore")
@settings(max_examples=60)
@given(group=cells, reference=cells)
def test_figures_are_those_that_the_packages_give(live: ModuleType, group: tuple[int, ...], reference: tuple[int, ...]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        row = live.figures(group, reference)
    assert_alike(row, ours(Confusion(*group), Confusion(*reference)))


@pytest.mark.live_oracle
@pytest.mark.filterwarnings("ignore")
@settings(max_examples=60)
@given(groups=st.lists(cells, min_size=2, max_size=6))
def test_figures_of_many_groups_are_those_that_the_packages_give(live: ModuleType, groups: list[tuple[int, ...]]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        row = live.figures_of_many(groups)
    assert_alike(row, ours_of_many(groups))


@pytest.mark.live_oracle
@pytest.mark.filterwarnings("ignore")
@settings(max_examples=60)
@given(counts=cells)
def test_figures_of_pairs_are_those_that_the_packages_give(live: ModuleType, counts: tuple[int, ...]) -> None:
    assert_alike(live.figures_of_pairs(*counts), ours_of_pairs(counts))
