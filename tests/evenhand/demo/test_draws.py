import random

import pytest

from evenhand.demo.draws import Draws, generator

OPTIONS = tuple(range(10))


def picks(temperature: float, count: int = 300) -> list[int]:
    rng = random.Random(1)
    return [Draws("Invite Maria?", temperature, rng).pick(OPTIONS) for _ in range(count)]


def test_temperature_zero_follows_from_the_prompt_alone() -> None:
    def greedy(prompt: str, seed: int) -> tuple[float, int]:
        draws = Draws(prompt, 0, random.Random(seed))
        return draws.uniform(), draws.pick(OPTIONS)

    assert greedy("one prompt", 1) == greedy("one prompt", 2)
    assert len({greedy(f"prompt {number}", 1) for number in range(20)}) == 20


def test_a_higher_temperature_strays_further_from_the_favourite_wording() -> None:
    spreads = [len(set(picks(temperature))) for temperature in (0, 0.1, 1.0)]
    assert spreads[0] == 1
    assert spreads[0] < spreads[1] < spreads[2]


def test_the_favourite_wording_belongs_to_the_prompt() -> None:
    favourites = {Draws(f"prompt {number}", 0, random.Random(1)).pick(OPTIONS) for number in range(100)}
    assert favourites == set(OPTIONS)


@pytest.mark.parametrize("temperature", [0.2, 1.0, 2.0])
def test_the_uniform_draw_does_not_depend_on_the_temperature(temperature: float) -> None:
    rng = random.Random(5)
    below = sum(Draws("Invite?", temperature, rng).uniform() < 0.45 for _ in range(4000)) / 4000
    assert below == pytest.approx(0.45, abs=0.03)


def test_a_request_with_a_seed_repeats_and_one_without_does_not() -> None:
    server = random.Random(3)
    assert generator(7, "prompt", server).random() == generator(7, "prompt", server).random()
    assert generator(7, "prompt", server).random() != generator(7, "another prompt", server).random()
    assert generator(None, "prompt", server).random() != generator(None, "prompt", server).random()
