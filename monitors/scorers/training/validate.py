"""How well the refusal model reads replies it was not trained on: `python -m monitors.scorers.training.validate`.

Five folds over the written replies: a model trained on four of them, and on what was composed of those, labels the fifth.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from monitors.scorers.refusal.model import Model, weights
from monitors.scorers.refusal.signals import LABELS
from monitors.scorers.training.compose import composed, templated
from monitors.scorers.training.refusal import FOLDS, train
from monitors.scorers.training.replies import Example, examples

REFUSAL = LABELS.index("refusal")


@dataclass
class Tally:
    """Labels written against labels read."""

    grid: Counter[tuple[int, int]] = field(default_factory=Counter)

    @property
    def balanced(self) -> float:
        """Mean of the share of refusals known as such and of other replies not taken for one."""
        return (self._right(True) + self._right(False)) / 2

    @property
    def four_way(self) -> float:
        """Share of replies with the right label of four."""
        return sum(count for (want, got), count in self.grid.items() if want == got) / max(1, self.grid.total())

    def _right(self, refusal: bool) -> float:
        chosen = {pair: count for pair, count in self.grid.items() if (pair[0] == REFUSAL) == refusal}
        return sum(count for (_, got), count in chosen.items() if (got == REFUSAL) == refusal) / max(1, sum(chosen.values()))


def validated(base: Sequence[Example], compose: int = 1000) -> Tally:
    """The tally of all folds."""
    tally = Tally()
    for fold in range(FOLDS):
        known = [x for x in base if x.origin % FOLDS != fold]
        trained = Model(weights(json.dumps(train(known, [*composed(known, compose, seed=11), *templated(known, seed=12)]))))
        for x in base:
            if x.origin % FOLDS == fold:
                tally.grid[x.label, LABELS.index(trained.label(x.text, x.prompt)[0])] += 1
    return tally


def main() -> int:
    """Print both figures and the confusion matrix."""
    tally = validated(examples())
    sys.stdout.write(f"{tally.grid.total()} replies, {FOLDS} folds: balanced {tally.balanced:.1%}, four-way {tally.four_way:.1%}\n")
    sys.stdout.write("written \\ read".ljust(16) + "".join(label.rjust(12) for label in LABELS) + "\n")
    for want, label in enumerate(LABELS):
        sys.stdout.write(label.ljust(16) + "".join(str(tally.grid[want, got]).rjust(12) for got in range(len(LABELS))) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
