"""A reply becomes numbers: each scorer reads one outcome from it, the same way on both arms.

`build` turns a route's `outcomes:` section into scorers; all of them keep the contract of `Scorer`. They do no I/O, load no heavy library
and give the same values for a batch as for its parts.

>>> scorers = build({"decision": {"kind": "yes_no"}, "refusal": {}})
>>> scorers["decision"].score([Reply("Yes, she qualifies.")])[0].value
1.0
"""

from monitors.scorers.contract import (
    AnyScorer,
    Client,
    EndpointError,
    Means,
    OptionsError,
    PairScorer,
    Place,
    Polarity,
    Reply,
    Scorer,
    Value,
    place_of,
)
from monitors.scorers.registry import OUTCOMES, build, mistakes

__all__ = [
    "OUTCOMES",
    "AnyScorer",
    "Client",
    "EndpointError",
    "Means",
    "OptionsError",
    "PairScorer",
    "Place",
    "Polarity",
    "Reply",
    "Scorer",
    "Value",
    "build",
    "mistakes",
    "place_of",
]
