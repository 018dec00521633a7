"""The pages, rendered on the server; they need no JavaScript."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from evenhand import resources
from gateway.settings import Settings
from monitors.console import chart, marks, order, words
from monitors.console.markdown import to_html
from monitors.metrics.bias import swap_ratio
from monitors.views import GAPS, CellView, PairView, Source

PAIRS_SHOWN = 20
REPLY_SHOWN = 900


class Pages:
    """Endpoints that read the source in a thread and answer HTML."""

    def __init__(self, source: Source, settings: Settings) -> None:
        self._source, self._keep_text = source, settings.monitor.keep_text if settings.monitor else "none"
        loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
        self._templates = jinja2.Environment(
            loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._templates.globals.update(words=words, chart=chart, marked=marks.marked, swap_ratio=swap_ratio, reply_shown=REPLY_SHOWN)

    def cells(self, request: Request) -> Response:
        """``/``: every cell with its verdict."""
        query = {name: request.query_params.get(name, "") for name in ("sort", "verdict", "search")}
        everything = order.shown(self._source.cells(), sort=query["sort"], verdict="", search="")
        cells = order.shown(everything, **query)
        return self._page(
            "cells.html",
            cells=cells,
            total=len(everything),
            counts={verdict: sum(cell.verdict == verdict for cell in everything) for verdict in order.RANK},
            scale=chart.scale_for(cells),
            query={**query, "sort": query["sort"] or "worst"},
            drills=self._source.drills(),
            pipeline=self._source.pipeline(),
            disclaimer=words.disclaimer(self._source.totals()),
        )

    def cell(self, request: Request) -> Response:
        """``/cells/{id}``: one cell, and its pairs in both directions."""
        cells = self._source.cells()
        cell = next((cell for cell in cells if cell.id == request.path_params["id"] and cell.kind in GAPS), None)
        if cell is None:
            raise HTTPException(404, f"There is no cell {request.path_params['id']}.")
        return self._page(
            "cell.html",
            cell=cell,
            drawing=chart.interval(cell, chart.scale_for([cell])),
            directions=_directions(cell, self._source.pairs(cell.id, PAIRS_SHOWN)),
            keep_text=self._keep_text,
            disclaimer=words.disclaimer(self._source.totals(), cell.route),
        )

    def runbook(self, request: Request) -> Response:
        """``/runbooks/{name}``: what to do about an alert."""
        name: str = request.path_params["name"]
        try:
            known = {file.stem: file for file in resources.path("docs/runbooks").glob("*.md")}
        except FileNotFoundError as error:
            raise HTTPException(404, "This installation carries no runbooks.") from error
        if name not in known:
            raise HTTPException(404, f"There is no runbook {name}. There are: {', '.join(sorted(known))}.")
        return self._page("runbook.html", name=name, body=to_html(known[name].read_text(encoding="utf-8")))

    def error(self, status: int, message: str) -> Response:
        """What went wrong, as a page."""
        return self._page("error.html", status=status, message=message)

    def _page(self, template: str, **values: Any) -> HTMLResponse:
        return HTMLResponse(self._templates.get_template(template).render(values), status_code=values.get("status", 200))


def _directions(cell: CellView, pairs: Sequence[PairView]) -> list[tuple[str, list[PairView]]]:
    """Pairs by the direction of their difference, each direction under its own heading even where it has none."""
    group, reference = cell.group or "the other group", cell.reference
    headings = {
        "group_lower": f"{cell.outcome} lower for {group} than for {reference}",
        "group_higher": f"{cell.outcome} higher for {group} than for {reference}",
        "equal": f"{cell.outcome} alike for both",
    }
    return [(heading, [pair for pair in pairs if pair.direction == direction]) for direction, heading in headings.items()]
