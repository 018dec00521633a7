"""The classical figures against fairlearn, aif360, holisticai and statsmodels: as recorded always, live where they are installed."""

from __future__ import annotations

import importlib.util
import json
import math
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitors.stats.odds import (
    Confusion,
    average_odds_difference,
    average_odds_error,
    equal_opportunity_difference,
    equalized_odds_difference,
    equalized_odds_ratio,
)
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
    }


def assert_alike(row: dict[str, Any], group: tuple[int, ...], reference: tuple[int, ...]) -> None:
    mine = ours(Confusion(*group), Confusion(*reference))
    for package in PACKAGES:
        for name, value in row[package].items():
            assert mine[name] == pytest.approx(tuple(value) if isinstance(value, list | tuple) else value, rel=1e-6, abs=1e-9), (
                package,
                name,
            )


@pytest.mark.parametrize("row", RECORDED["rows"])
def test_figures_are_those_that_the_packages_gave(row: dict[str, Any]) -> None:
    assert_alike(row, tuple(row["group"]), tuple(row["reference"]))


def test_every_package_and_figure_is_on_record() -> None:
    assert set(RECORDED["versions"]) == set(PACKAGES)
    named = {name for package in PACKAGES for name in RECORDED["rows"][0][package]}
    assert named == set(ours(Confusion(1, 2, 3, 4), Confusion(4, 3, 2, 1)))
    assert not any(math.isnan(value) for row in RECORDED["rows"] for value in row["aif360"].values())


@pytest.fixture(scope="module")
def live_figures() -> Callable[..., dict[str, dict[str, Any]]]:
    """`figures` of the program that made the record, where its packages are installed."""
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    spec = importlib.util.spec_from_file_location("parity_packages", Path(__file__).parent / "parity_packages.py")
    assert spec is not None
    assert spec.loader is not None
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    figures: Callable[..., dict[str, dict[str, Any]]] = program.figures
    return figures


@pytest.mark.live_oracle
@pytest.mark.filterwarnings("ignore")
@settings(max_examples=60, deadline=None)
@given(group=cells, reference=cells)
def test_figures_are_those_that_the_packages_give(live_figures: Any, group: tuple[int, ...], reference: tuple[int, ...]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        row = live_figures(group, reference)
    assert_alike(row, group, reference)
