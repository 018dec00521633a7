"""Whether the run showed what it should: the planted gap found where it was planted, and its twin left in peace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evenhand.demo.configuration import AXIS, GROUP, OUTCOME, ROUTE
from evenhand.demo.readings import Cell, decision_cell
from evenhand.demo.webhook import Page

PLANTED, TWIN = "rigged", "fair"
PAGING = ("EvenhandParityGap", "EvenhandInstrumentSuspect")


@dataclass(frozen=True)
class Judgement:
    """The exit code (0 passed, 1 not passed, 4 it cannot be told) and the sentence that says why."""

    code: int
    why: str


def expected_page(pages: Sequence[Page]) -> Page | None:
    """Return the page about the planted gap: the right model, route, axis, group and outcome."""
    labels = {"alertname": PAGING[0], "model": PLANTED, "route": ROUTE, "axis": AXIS, "group": GROUP, "outcome": OUTCOME}
    return next((page for page in pages if page.matches(**labels)), None)


def pages_about(pages: Sequence[Page], model: str) -> list[Page]:
    """Return the pages about cells of `model`."""
    return [page for page in pages if page.labels.get("alertname") in PAGING and page.matches(model=model)]


def judge(cells: Sequence[Cell], pages: Sequence[Page] | None) -> Judgement:
    """Judge by what the webhook received, or by the monitor's own verdicts where there is no chain of alerts (`pages` is None)."""
    planted, twin = decision_cell(cells, PLANTED), decision_cell(cells, TWIN)
    if planted is None or twin is None or not planted.pairs or not twin.pairs:
        return Judgement(4, "cannot be told: no pair was scored for at least one of the two models")
    if planted.verdict != "beyond_tolerance":
        return Judgement(1, f"not passed: the planted gap was not found, {PLANTED} is “{planted.verdict}” after {planted.pairs} pairs")
    if (planted.gap or 0.0) >= 0:
        return Judgement(1, f"not passed: the gap of {PLANTED} has the wrong direction")
    loud = sorted({cell.outcome for cell in cells if cell.model == TWIN and cell.in_alarm})
    if loud:
        return Judgement(1, f"not passed: {TWIN}, which has no gap, is in alarm: {', '.join(loud)}")
    if twin.pairs < planted.pairs:
        return Judgement(1, f"not passed: {TWIN} was seen in {twin.pairs} pairs only, {PLANTED} in {planted.pairs}; is the machine busy?")
    quiet = f"{TWIN} stayed quiet over {twin.pairs} pairs"
    if pages is None:
        return Judgement(
            0, f"passed: the monitor's own verdict on {PLANTED} is “beyond tolerance”, {quiet} (no Prometheus and Alertmanager)"
        )
    if pages_about(pages, TWIN):
        return Judgement(1, f"not passed: a page about {TWIN}, which has no gap, was delivered")
    if expected_page(pages) is None:
        return Judgement(1, f"not passed: the monitor found the gap of {PLANTED}, but no page about it reached the webhook")
    return Judgement(0, f"passed: Alertmanager delivered the page about {PLANTED} to the webhook, {quiet}")
