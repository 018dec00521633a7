"""Arms compared in one run: short slots of load in turn, in another order each round, so that what disturbs the machine disturbs all."""

import random
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import cycle
from statistics import median

from bench.load import Sample, paced


@dataclass
class Arm:
    """One way to run: ``during`` surrounds each of its slots, ``slots`` grows by one sample with each."""

    name: str
    port: int
    during: Callable[[], AbstractAsyncContextManager[None]] = nullcontext
    slots: list[Sample] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """Requests that got no whole 200."""
        return sum(slot.failed for slot in self.slots)

    def ratio(self, base: "Arm", share: float) -> float:
        """The median, over the rounds, of this arm's quantile by the base's in the same round: one disturbed slot moves it little."""
        return median(slot.at(share) / other.at(share) for slot, other in zip(self.slots, base.slots, strict=True))


@dataclass(frozen=True)
class Load:
    """Requests a second, seconds of each arm in all, and over how many slots they are spread."""

    rate: float
    seconds: float
    rounds: int


async def interleave(arms: Sequence[Arm], load: Load, raws: Sequence[bytes], seed: int = 1) -> None:
    """Run all slots."""
    rng, left = random.Random(seed), cycle(raws)
    for _ in range(load.rounds):
        for arm in rng.sample(arms, len(arms)):
            async with arm.during():
                arm.slots.append(await paced(arm.port, left, load.rate, load.seconds / load.rounds))


def table(arms: Sequence[Arm], notes: Sequence[str]) -> str:
    """Latencies as ratios to the first arm's, failed requests, and a note on each arm."""
    rows = [f"{'':<14}{'requests':>9}{'failed':>8}{'p50':>8}{'p99':>8}"]
    for arm, note in zip(arms, notes, strict=True):
        p50, p99 = (arm.ratio(arms[0], share) for share in (0.5, 0.99))
        count = sum(len(slot.seconds) for slot in arm.slots)
        rows.append(f"{arm.name:<14}{count:>9}{arm.failed:>8}{p50:>8.2f}{p99:>8.2f}  {note}".rstrip())
    return "\n".join(rows)


def noise(arms: Sequence[Arm]) -> float:
    """How many times apart, in either direction, the first two arms' p99 are, which run the same."""
    ratio = arms[1].ratio(arms[0], 0.99)
    return max(ratio, 1 / ratio)
