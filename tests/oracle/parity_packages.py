"""What fairlearn, aif360, holisticai and statsmodels say about one pair of groups, under our names. Needs these packages; run it to renew
`parity_packages.json`:

    python tests/oracle/parity_packages.py > tests/oracle/parity_packages.json

The packages' signs: aif360 and holisticai give group minus reference as we do; fairlearn gives the largest minus the smallest.
"""

from __future__ import annotations

import json
import sys
import warnings
from importlib.metadata import version
from typing import Any

import numpy as np

Cells = tuple[int, int, int, int]
"""True positives, false positives, false negatives, true negatives."""


def cases(group: Cells, reference: Cells) -> tuple[Any, Any, Any]:
    """Membership (1 = group), truth and decision of every case."""
    truth_and_decision = [(1, 1), (0, 1), (1, 0), (0, 0)]
    rows = [
        (member, *kind)
        for member, cells in ((1, group), (0, reference))
        for kind, n in zip(truth_and_decision, cells, strict=True)
        for _ in range(n)
    ]
    member, truth, decided = np.array(rows).T
    return member, truth, decided


def figures(group: Cells, reference: Cells) -> dict[str, dict[str, Any]]:
    """Each package's figures for one pair of groups."""
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


def main() -> None:
    """Write figures for random groups, a few of them small or lopsided."""
    rng = np.random.default_rng(11)
    rows = []
    for size in (4, 6, 10, 30, 30, 100, 100, 400, 2_000, 2_000):
        group, reference = (tuple((1 + rng.multinomial(size, rng.dirichlet(np.ones(4)))).tolist()) for _ in range(2))
        rows.append({"group": group, "reference": reference, **figures(group, reference)})
    versions = {name: version(name) for name in ("fairlearn", "aif360", "holisticai", "statsmodels")}
    json.dump({"versions": versions, "rows": rows}, sys.stdout, indent=1, default=float)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
