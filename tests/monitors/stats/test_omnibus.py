"""The omnibus tests: a published study of eight groups, scipy's chi-squares, and tables without one."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from monitors.stats.omnibus import equal_counts, equal_rates
from monitors.stats.parity import Rate, lowest_ratio, two_rate_z

GROUPS = ("W_M", "W_W", "B_M", "B_W", "H_M", "H_W", "A_M", "A_W")

# Resumes of eight groups ranked first, 1,000 rankings each (Bloomberg 2024, Apache-2.0; performance_ranking.csv at 65ae911 of
# BloombergGraphics/2024-openai-gpt-hiring-racial-discrimination). Then: lowest over highest, their z, groups below four fifths, p.
RANKED_FIRST = [
    ("gpt-3.5-turbo HR specialist", (96, 138, 106, 130, 103, 181, 98, 148), 0.5304, -5.50, 6, 1.3e-08),
    ("gpt-3.5-turbo financial analyst", (121, 132, 76, 100, 124, 129, 146, 172), 0.4419, -6.51, 6, 8.5e-08),
    ("gpt-3.5-turbo retail", (104, 133, 125, 121, 116, 139, 122, 140), 0.7429, -2.46, 1, 0.31),
    ("gpt-3.5-turbo software engineer", (119, 144, 121, 110, 132, 121, 124, 129), 0.7639, -2.28, 1, 0.57),
    ("gpt-4 HR specialist", (143, 122, 103, 120, 114, 147, 122, 129), 0.7007, -2.97, 2, 0.11),
    ("gpt-4 financial analyst", (130, 132, 102, 113, 132, 120, 139, 132), 0.7338, -2.54, 1, 0.29),
    ("gpt-4 retail", (115, 133, 120, 125, 113, 137, 124, 133), 0.8248, -1.62, 0, 0.74),
    ("gpt-4 software engineer", (111, 138, 121, 117, 130, 140, 136, 107), 0.7643, -2.24, 2, 0.24),
]


@pytest.mark.parametrize(("run", "counts", "ratio", "z", "below", "p"), RANKED_FIRST, ids=[row[0] for row in RANKED_FIRST])
def test_the_ranking_study_of_2024_is_reproduced(run: str, counts: tuple[int, ...], ratio: float, z: float, below: int, p: float) -> None:
    rates = {group: Rate(count, 1_000) for group, count in zip(GROUPS, counts, strict=True)}
    lowest, highest = min(rates.values(), key=lambda rate: rate.count), max(rates.values(), key=lambda rate: rate.count)
    assert lowest_ratio(rates).value == pytest.approx(ratio, abs=5.1e-5)
    assert two_rate_z(lowest, highest)[0].value == pytest.approx(z, abs=5.1e-3)
    assert sum(rate.value < 0.8 * highest.value for rate in rates.values()) == below
    found = equal_counts(dict(zip(GROUPS, counts, strict=True)))
    assert found.degrees == 7
    assert found.p == pytest.approx(p, rel=0.05)
    assert found.p == pytest.approx(stats.chisquare(counts).pvalue, rel=1e-9)


def test_two_of_eight_runs_survive_the_omnibus_where_seven_break_four_fifths() -> None:
    assert sum(row[4] > 0 for row in RANKED_FIRST) == 7
    assert sum(equal_counts(dict(zip(GROUPS, row[1], strict=True))).p < 0.05 / 8 for row in RANKED_FIRST) == 2


def test_the_chi_square_of_the_callback_study_is_reproduced() -> None:
    found = equal_rates({"black": Rate(157, 2_435), "white": Rate(235, 2_435)})  # Bertrand and Mullainathan 2004
    assert (found.statistic, found.degrees) == (pytest.approx(16.879050, abs=1e-6), 1)
    assert found.p == pytest.approx(3.983887e-05, rel=1e-6)


rates = st.integers(1, 300).flatmap(lambda n: st.builds(Rate, st.integers(0, n), st.just(n)))


@given(st.dictionaries(st.sampled_from(GROUPS), rates, min_size=2))
def test_equal_rates_is_pearsons_chi_square(groups: dict[str, Rate]) -> None:
    found = equal_rates(groups)
    table = [[rate.count, rate.others.count] for rate in groups.values()]
    if not all(map(sum, zip(*table, strict=True))):
        assert math.isnan(found.p)
        assert "alike" in found.reason
        return
    theirs = stats.chi2_contingency(table, correction=False)
    assert (found.statistic, found.degrees) == (pytest.approx(theirs.statistic, abs=1e-9), theirs.dof)
    assert found.p == pytest.approx(theirs.pvalue, rel=1e-6)
    assert bool(found.reason) == (theirs.expected_freq.min() < 5)


def test_groups_without_cases_are_left_out_and_named() -> None:
    whole, part = equal_rates({"a": Rate(30, 60), "b": Rate(20, 60)}), equal_rates({"a": Rate(30, 60), "c": Rate(0, 0), "b": Rate(20, 60)})
    assert (part.statistic, part.degrees, part.p) == (whole.statistic, whole.degrees, whole.p)
    assert (whole.reason, part.reason) == ("", "left out, without cases: c")


@pytest.mark.parametrize("groups", [{}, {"a": Rate(1, 2)}, {"a": Rate(1, 2), "b": Rate(0, 0)}, {"a": Rate(0, 2), "b": Rate(0, 5)}])
def test_tables_without_a_chi_square_say_why(groups: dict[str, Rate]) -> None:
    found = equal_rates(groups)
    assert math.isnan(found.p)
    assert found.reason


@pytest.mark.parametrize("counts", [{}, {"a": 5}, {"a": 0, "b": 0}])
def test_choices_without_a_chi_square_say_why(counts: dict[str, int]) -> None:
    assert math.isnan(equal_counts(counts).p)
    assert equal_counts(counts).reason
