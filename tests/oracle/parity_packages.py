"""What fairlearn, aif360, holisticai and statsmodels say about two groups, about many, and about pairs, under our names. Needs these
packages; run it to renew `parity_packages.json`:

    python tests/oracle/parity_packages.py > tests/oracle/parity_packages.json

The packages' signs: aif360 and holisticai give group minus reference as we do; fairlearn gives the largest minus the smallest.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

Cells = tuple[int, int, int, int]
"""True positives, false positives, false negatives, true negatives."""


def cases(group: Cells, reference: Cells) -> tuple[Any, Any, Any]:
    """Membership (1 = group), truth and decision of every case."""
    member = np.repeat([1, 0], [sum(group), sum(reference)])
    (truth_g, decided_g), (truth_r, decided_r) = _truth_and_decision(group), _truth_and_decision(reference)
    return member, np.concatenate([truth_g, truth_r]), np.concatenate([decided_g, decided_r])


def _truth_and_decision(cells: Cells) -> tuple[Any, Any]:
    """Truth and decision of every case of one group."""
    return np.repeat([1, 0, 1, 0], cells), np.repeat([1, 1, 0, 0], cells)


def figures(group: Cells, reference: Cells) -> dict[str, dict[str, Any]]:
    """Each package's figures for two groups."""
    import pandas as pd
    from aif360.sklearn import metrics as aif
    from fairlearn import metrics as fair
    from holisticai.bias import metrics as holistic
    from statsmodels.stats import proportion

    member, truth, decided = cases(group, reference)
    index = pd.Index(member, name="member")
    aif_cases = {"y_true": pd.Series(truth, index=index), "y_pred": pd.Series(decided, index=index), "prot_attr": "member", "priv_group": 0}
    fair_cases = {"y_true": truth, "y_pred": decided, "sensitive_features": member}
    split = (member == 1, member == 0, decided)
    counts = (int(decided[member == 1].sum()), int((member == 1).sum()), int(decided[member == 0].sum()), int((member == 0).sum()))
    z, p = proportion.proportions_ztest(counts[::2], counts[1::2])
    return {
        "fairlearn": {
            "widest_difference": fair.demographic_parity_difference(**fair_cases),
            "lowest_ratio": fair.demographic_parity_ratio(**fair_cases),
            "equalized_odds_worst": fair.equalized_odds_difference(**fair_cases),
            "equalized_odds_mean": fair.equalized_odds_difference(**fair_cases, agg="mean"),
            "equalized_odds_ratio": fair.equalized_odds_ratio(**fair_cases),
        },
        "aif360": {
            "statistical_parity_difference": aif.statistical_parity_difference(**aif_cases),
            "disparate_impact": aif.disparate_impact_ratio(**aif_cases),
            "equal_opportunity_difference": aif.equal_opportunity_difference(**aif_cases),
            "average_odds_difference": aif.average_odds_difference(**aif_cases),
            "average_odds_error": aif.average_odds_error(**aif_cases),
        },
        "holisticai": {
            "statistical_parity_difference": holistic.statistical_parity(*split),
            "disparate_impact": holistic.disparate_impact(*split),
            "z": holistic.z_test_diff(*split),
            "equal_opportunity_difference": holistic.equal_opportunity_diff(*split, truth),
            "average_odds_difference": holistic.average_odds_diff(*split, truth),
            "four_fifths": holistic.four_fifths(*split),
        },
        "statsmodels": {
            "cohens_h": proportion.proportion_effectsize(counts[0] / counts[1], counts[2] / counts[3]),
            "z": z,
            "p": p,
            "difference_interval": proportion.confint_proportions_2indep(*counts, method="newcomb", compare="diff"),
            "ratio_interval": proportion.confint_proportions_2indep(*counts, method="log", compare="ratio", correction=False),
            "wilson": proportion.proportion_confint(*counts[:2], method="wilson"),
        },
    }


def figures_of_many(groups: Sequence[Cells]) -> dict[str, dict[str, Any]]:
    """Each package's figures for several groups at once."""
    from fairlearn import metrics as fair
    from statsmodels.stats import proportion

    members, truth, decided = np.concatenate(
        [np.vstack([np.full(sum(cells), g), *_truth_and_decision(cells)]) for g, cells in enumerate(groups)], 1
    )
    fair_cases = {"y_true": truth, "y_pred": decided, "sensitive_features": members}
    selected, totals = [cells[0] + cells[1] for cells in groups], [sum(cells) for cells in groups]
    statistic, p, _ = proportion.proportions_chisquare(selected, totals)
    return {
        "fairlearn": {
            "widest_difference": fair.demographic_parity_difference(**fair_cases),
            "lowest_ratio": fair.demographic_parity_ratio(**fair_cases),
            "equal_opportunity_widest": fair.equal_opportunity_difference(**fair_cases),
            "equalized_odds_worst": fair.equalized_odds_difference(**fair_cases),
            "equalized_odds_mean": fair.equalized_odds_difference(**fair_cases, agg="mean"),
            "equalized_odds_ratio": fair.equalized_odds_ratio(**fair_cases),
        },
        "statsmodels": {"chi_square": statistic, "chi_square_p": p},
    }


def figures_of_pairs(both: int, group_only: int, reference_only: int, neither: int) -> dict[str, dict[str, Any]]:
    """What statsmodels says of pairs counted by which arm had the outcome."""
    from statsmodels.stats.contingency_tables import mcnemar

    return {"statsmodels": {"flip_p": mcnemar([[both, group_only], [reference_only, neither]], exact=True).pvalue}}


def main() -> None:
    """Write figures for random groups and pairs, a few of them small or lopsided."""
    rng = np.random.default_rng(11)
    rows = []
    for size in (4, 6, 10, 30, 30, 100, 100, 400, 2_000, 2_000):
        group, reference = (tuple((1 + rng.multinomial(size, rng.dirichlet(np.ones(4)))).tolist()) for _ in range(2))
        rows.append({"group": group, "reference": reference, **figures(group, reference)})
    many = [
        [tuple((1 + rng.multinomial(size, rng.dirichlet(np.ones(4)))).tolist()) for _ in range(count)]
        for size, count in ((20, 3), (200, 5), (900, 8))
    ]
    pairs = [tuple(rng.multinomial(size, rng.dirichlet(np.ones(4))).tolist()) for size in (5, 30, 200, 2_000)]
    versions = {name: version(name) for name in ("fairlearn", "aif360", "holisticai", "statsmodels")}
    record = {
        "versions": versions,
        "rows": rows,
        "many": [{"groups": groups, **figures_of_many(groups)} for groups in many],
        "pairs": [{"counts": counts, **figures_of_pairs(*counts)} for counts in pairs],
    }
    json.dump(record, sys.stdout, indent=1, default=float)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
