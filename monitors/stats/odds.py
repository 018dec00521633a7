"""Parity where the right answer is known: true and false positive rates of a group against those of a reference, or of many groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from monitors.stats.parity import Figure, Rate, lowest_ratio, statistical_parity_difference, undefined, widest_difference


@dataclass(frozen=True, slots=True)
class Confusion:
    """Decisions of one group against the truth, counted; "positive" is the favourable decision."""

    true_positive: int
    false_positive: int
    false_negative: int
    true_negative: int

    @classmethod
    def of(cls, truth: Sequence[bool], decided: Sequence[bool]) -> Confusion:
        """Count two lists of equal length; ValueError if they are not."""
        cases = [(bool(right), bool(said)) for right, said in zip(truth, decided, strict=True)]
        return cls(cases.count((True, True)), cases.count((False, True)), cases.count((True, False)), cases.count((False, False)))

    @property
    def selected(self) -> Rate:
        """Share of favourable decisions."""
        positives = self.true_positive + self.false_positive
        return Rate(positives, positives + self.false_negative + self.true_negative)

    @property
    def true_positives(self) -> Rate:
        """Share of favourable decisions among those for whom it was right."""
        return Rate(self.true_positive, self.true_positive + self.false_negative)

    @property
    def false_positives(self) -> Rate:
        """Share of favourable decisions among those for whom it was wrong."""
        return Rate(self.false_positive, self.false_positive + self.true_negative)


def equal_opportunity_difference(group: Confusion, reference: Confusion, alpha: float = 0.05) -> Figure:
    """Difference of the true positive rates, group minus reference (Hardt et al. 2016), with Newcombe's interval."""
    return statistical_parity_difference(group.true_positives, reference.true_positives, alpha)


def widest_opportunity_difference(groups: Mapping[str, Confusion]) -> Figure:
    """The largest true positive rate of all groups less the smallest, in [0, 1]: equal opportunity where there are many."""
    true, _ = _both(groups)
    return widest_difference(true)


def equalized_odds_difference(groups: Mapping[str, Confusion], how: Literal["worst_case", "mean"] = "worst_case") -> Figure:
    """The widest difference of the true positive rates and that of the false ones: the larger of both, or their mean; in [0, 1]."""
    true, false = (widest_difference(rates) for rates in _both(groups))
    if not (true.defined and false.defined):
        return _undefined(true, false)
    return Figure(max(true.value, false.value) if how == "worst_case" else (true.value + false.value) / 2)


def equalized_odds_ratio(groups: Mapping[str, Confusion]) -> Figure:
    """The smaller of the lowest ratios of the true and of the false positive rates; in [0, 1]."""
    true, false = (lowest_ratio(rates) for rates in _both(groups))
    if not (true.defined and false.defined):
        return _undefined(true, false)
    return Figure(min(true.value, false.value))


def average_odds_difference(group: Confusion, reference: Confusion) -> Figure:
    """Mean of both rates' differences, group minus reference; opposite ones cancel: prefer the error."""
    true, false = _differences(group, reference)
    if not (true.defined and false.defined):
        return _undefined(true, false)
    return Figure((true.value + false.value) / 2)


def average_odds_error(group: Confusion, reference: Confusion) -> Figure:
    """Mean size of both rates' differences; in [0, 1]."""
    true, false = _differences(group, reference)
    if not (true.defined and false.defined):
        return _undefined(true, false)
    return Figure((abs(true.value) + abs(false.value)) / 2)


def _both(groups: Mapping[str, Confusion]) -> tuple[dict[str, Rate], dict[str, Rate]]:
    return {name: one.true_positives for name, one in groups.items()}, {name: one.false_positives for name, one in groups.items()}


def _differences(group: Confusion, reference: Confusion) -> tuple[Figure, Figure]:
    return (
        statistical_parity_difference(group.true_positives, reference.true_positives),
        statistical_parity_difference(group.false_positives, reference.false_positives),
    )


def _undefined(true: Figure, false: Figure) -> Figure:
    named = (("true positive rate", true), ("false positive rate", false))
    return undefined("; ".join(f"{name}: {figure.reason}" for name, figure in named if not figure.defined))
