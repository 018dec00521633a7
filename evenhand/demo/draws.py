"""The chance in a sampled reply: a decision's uniform draw and the choice of wording, as temperature and seed ask for."""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Draws:
    """Draws for one reply.

    At temperature 0 everything follows from the prompt. Above it, `uniform` is fresh for each reply whatever the temperature (so that
    documented rates hold), and `pick` strays the further from the prompt's favourite wording the higher the temperature is.
    """

    def __init__(self, prompt: str, temperature: float, rng: random.Random) -> None:
        self._favourites = random.Random(_digest(prompt))
        self._rng = rng if temperature > 0 else random.Random(_digest(f"{prompt}\0greedy"))
        self._temperature = temperature

    def uniform(self) -> float:
        """Return a number in [0, 1)."""
        return self._rng.random()

    def pick(self, options: Sequence[T]) -> T:
        """Return one of `options`: the prompt's favourite at temperature 0, others with weight exp(-rank / 3 temperature) above."""
        ranked = self._favourites.sample(options, len(options))
        if self._temperature <= 0:
            return ranked[0]
        weights = [math.exp(-rank / (3 * self._temperature)) for rank in range(len(ranked))]
        return self._rng.choices(ranked, weights)[0]


def generator(seed: int | None, prompt: str, server: random.Random) -> random.Random:
    """Return the generator of one reply: bound to the request's `seed` and prompt if it gave a seed, else a fresh one of the server's."""
    return random.Random(server.getrandbits(64) if seed is None else _digest(f"{seed}\0{prompt}"))


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
