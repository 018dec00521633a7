"""What the demo reads from the console: cells with their evidence, pairs with both replies, and how much work is waiting."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from evenhand.demo.configuration import AXIS, GROUP, OUTCOME, ROUTE

IN_ALARM = frozenset({"beyond_tolerance", "suspended"})
_WAITING = re.compile(r"^evenhand_(?:queue_length|exchanges_in_progress)(?:\{[^}]*\})? (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """A cell as the console shows it; gaps are group minus reference, evidence and threshold log10 of e-values."""

    id: int
    kind: str
    model: str
    route: str
    axis: str
    group: str
    outcome: str
    pairs: int
    group_only: int
    reference_only: int
    gap: float | None
    gap_lower: float | None
    gap_upper: float | None
    evidence_log10: float
    evidence_threshold_log10: float
    verdict: str

    @property
    def in_alarm(self) -> bool:
        """True if the cell pages: its gap is beyond tolerance, or the measurement itself is in doubt."""
        return self.verdict in IN_ALARM

    def is_decision_of(self, model: str) -> bool:
        """Tell whether this is the cell that the demo is about, of `model`."""
        key = (self.kind, self.model, self.route, self.axis, self.group, self.outcome)
        return key == ("pair", model, ROUTE, AXIS, GROUP, OUTCOME)


@dataclass(frozen=True)
class Pair:
    """A counterfactual pair with text; `direction` is that of its difference: `group_lower`, `group_higher` or `equal`."""

    direction: str
    reference_text: str
    group_text: str
    reference_reply: str
    group_reply: str


class Console:
    """Reads the console at `url`; every method raises httpx.HTTPError if it cannot."""

    def __init__(self, url: str, client: httpx.AsyncClient) -> None:
        self._url, self._client = url, client

    async def cells(self) -> list[Cell]:
        """Return every cell."""
        return [_of(Cell, entry) for entry in (await self._json("/api/v1/cells"))["cells"]]

    async def pairs(self, cell: Cell) -> list[Pair]:
        """Return the pairs of `cell` whose text was kept, the largest differences first."""
        return [_of(Pair, entry) for entry in (await self._json(f"/api/v1/pairs?cell={cell.id}"))["pairs"]]

    async def waiting(self) -> int:
        """Return how many exchanges are queued or in progress."""
        response = await self._client.get(f"{self._url}/metrics")
        return int(sum(float(value) for value in _WAITING.findall(response.raise_for_status().text)))

    async def _json(self, path: str) -> Any:
        response = await self._client.get(self._url + path)
        return response.raise_for_status().json()


def _of(kind: Any, entry: dict[str, Any]) -> Any:
    return kind(**{name: entry[name] for name in kind.__dataclass_fields__})


def decision_cell(cells: Sequence[Cell], model: str) -> Cell | None:
    """Return the cell of `model` that the demo is about."""
    return next((cell for cell in cells if cell.is_decision_of(model)), None)
