"""From replies to outcomes: scorers see both arms alike, in batches over many exchanges, each where its faults can hurt nobody else.

A desk takes a pair's replies and hands them to lanes: our own scorers of text share a thread, those that ask an endpoint wait in another,
and those with a model, or of another package, run in the scorer process. What waits is bounded by the exchanges that the worker has in
hand, so that a slow scorer fills the queue and not the memory.
"""

from monitors.scoring.configured import Entries, entries_of, needs_process, shown_only
from monitors.scoring.desk import Desk, ScoreReport
from monitors.scoring.outcomes import Identity, OutcomeValue, arm_failed, expired

__all__ = [
    "Desk",
    "Entries",
    "Identity",
    "OutcomeValue",
    "ScoreReport",
    "arm_failed",
    "entries_of",
    "expired",
    "needs_process",
    "shown_only",
]
