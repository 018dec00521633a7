"""Choose rows of names that are alike in birth year, frequency, length and tokens, one from each cell a row."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Picks = list[list[int]]
WARMTH = 0.002


def assign(cost: Floats) -> list[int]:
    """The column of each row in the cheapest one-to-one assignment (Kuhn 1955, by shortest augmenting paths); rows <= columns."""
    rows, columns = cost.shape
    u, v = np.zeros(rows + 1), np.zeros(columns + 1)
    owner = np.zeros(columns + 1, dtype=np.intp)
    for row in range(1, rows + 1):
        owner[0], column = row, 0
        least, seen = np.full(columns + 1, np.inf), np.zeros(columns + 1, dtype=bool)
        came_from = np.zeros(columns + 1, dtype=np.intp)
        while owner[column]:
            seen[column] = True
            slack = cost[owner[column] - 1] - u[owner[column]] - v[1:]
            better = np.flatnonzero(~seen[1:] & (slack < least[1:])) + 1
            least[better], came_from[better] = slack[better - 1], column
            following = int(np.argmin(np.where(seen, np.inf, least)))
            step = least[following]
            u[owner[seen]] += step
            v[seen] -= step
            least[~seen] -= step
            column = following
        while column:
            owner[column] = owner[came_from[column]]
            column = int(came_from[column])
    chosen = [0] * rows
    for column in range(1, columns + 1):
        if owner[column]:
            chosen[owner[column] - 1] = column - 1
    return chosen


def match(cells: Sequence[Floats], size: int, weights: Floats, seed: int, rounds: int = 25) -> tuple[Picks, float]:
    """Pick `size` names of every cell so that the names of one row lie near their common centre; the `loss` comes second.

    Each cell is an array names × traits. Starts from names of the smallest cell and alternates between assigning and re-centring; a cell
    whose mean lies off the common one is pulled back by aiming it to the other side.
    """
    rng = np.random.default_rng(seed)
    scaled = _scaled(cells, weights)
    scarce = min(scaled, key=len)
    centres = scarce[rng.choice(len(scarce), size, replace=False)]
    pull = np.zeros((len(cells), 1, centres.shape[1]))
    best: tuple[Picks, float] = ([], np.inf)
    for _ in range(rounds):
        aims = centres - pull
        picks = [assign(((aim[:, None, :] - cell[None, :, :]) ** 2).sum(axis=2)) for aim, cell in zip(aims, scaled, strict=True)]
        chosen = _chosen(scaled, picks)
        centres = chosen.mean(axis=0)
        pull += (chosen.mean(axis=1, keepdims=True) - centres.mean(axis=0)) / 2
        value = loss(chosen, weights)
        if value < best[1]:
            best = picks, value
    return best


def polish(cells: Sequence[Floats], picks: Picks, weights: Floats, seed: int, proposals: int, kept: int) -> Picks:
    """Improve picks by single exchanges, with another row or an unused name, kept if the loss falls, or at first rises a little.

    The loss is that of the first `kept` rows and of the rest, the larger of the two counting most.
    """
    rng = np.random.default_rng(seed)
    scaled = _scaled(cells, weights)
    chosen = _chosen(scaled, picks)
    value = _loss_of_parts(chosen, weights, kept)
    orders = [[*pick, *(name for name in range(len(cell)) if name not in pick)] for cell, pick in zip(cells, picks, strict=True)]
    rows = len(picks[0])
    for step in range(proposals):
        slack = WARMTH * (1 - step / proposals) * rng.exponential()
        cell = int(rng.integers(len(cells)))
        order, row, other = orders[cell], int(rng.integers(rows)), int(rng.integers(len(orders[cell])))
        before = chosen[cell].copy()
        order[row], order[other] = order[other], order[row]
        chosen[cell] = scaled[cell][order[:rows]]
        after = _loss_of_parts(chosen, weights, kept)
        if after < value + slack:
            value = after
        else:
            order[row], order[other] = order[other], order[row]
            chosen[cell] = before
    return [order[:rows] for order in orders]


def loss(chosen: Floats, weights: Floats) -> float:
    """Largest and mean standardised difference and mean squared distance within a row, weighed, of cells × rows × scaled traits."""
    apart = standardised_differences(list(chosen))
    distance = ((chosen - chosen.mean(axis=0)) ** 2).sum(axis=2).mean()
    return float(2 * (apart * weights).max() + apart.mean() / 2 + distance / 4)


def _loss_of_parts(chosen: Floats, weights: Floats, kept: int) -> float:
    return float(np.linalg.norm([loss(chosen[:, :kept], weights), loss(chosen[:, kept:], weights)], ord=4))


def _scaled(cells: Sequence[Floats], weights: Floats) -> list[Floats]:
    scale = np.std(np.concatenate(cells), axis=0) / np.sqrt(weights)
    return [cell / scale for cell in cells]


def _chosen(cells: Sequence[Floats], picks: Picks) -> Floats:
    return np.stack([cell[pick] for cell, pick in zip(cells, picks, strict=True)])


def standardised_differences(cells: Sequence[Floats]) -> Floats:
    """Largest absolute standardised mean difference of any two cells, for each trait (difference over the root of the mean variance)."""
    means = np.stack([cell.mean(axis=0) for cell in cells])
    variances = np.stack([cell.var(axis=0, ddof=1) for cell in cells])
    spread = np.sqrt((variances[:, None] + variances[None, :]) / 2)
    difference: Floats = np.abs(means[:, None] - means[None, :]) / np.where(spread > 0, spread, 1.0)
    return difference.max(axis=(0, 1))


def hold_out(chosen: Sequence[Floats], size: int, seed: int, tries: int = 4000) -> list[int]:
    """Rows to hold out, such that both the held-out and the remaining rows are matched as well as can be found in `tries` draws."""
    rng = np.random.default_rng(seed)
    rows = len(chosen[0])
    best, worst = list(range(size)), np.inf
    for _ in range(tries):
        held = rng.permutation(rows)[:size]
        kept = np.setdiff1d(np.arange(rows), held)
        apart = [standardised_differences([cell[part] for cell in chosen]).max() for part in (held, kept)]
        if max(apart) < worst:
            best, worst = sorted(int(row) for row in held), float(max(apart))
    return best
