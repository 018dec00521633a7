"""The same values as JSON; errors in OpenAI's shape."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from gateway.errors import GatewayError, invalid_request
from monitors.views import Source

MOST_PAIRS = 200
LONGEST_REASON = 1_000
Clear = Callable[[int, str], Awaitable[None]]
"""Ends a cell's alarm on an operator's word, with the reason; ValueError where none stands."""


class Api:
    """Endpoints that read the source in a thread, or clear an alarm, and answer JSON."""

    def __init__(self, source: Source, clear: Clear) -> None:
        self._source, self._clear = source, clear

    def cells(self, request: Request) -> Response:
        """``/api/v1/cells``: every cell, placebo cells included."""
        return _json({"cells": list(self._source.cells())})

    def pairs(self, request: Request) -> Response:
        """``/api/v1/pairs?cell=ID&limit=N``: pairs of a cell whose text was kept."""
        try:
            cell_id, limit = _whole(request, "cell", None), _whole(request, "limit", 20)
            if not 1 <= limit <= MOST_PAIRS:
                raise invalid_request(f"limit must be from 1 to {MOST_PAIRS}.", param="limit")
            self._check_known(cell_id)
        except GatewayError as error:
            return Response(error.body(), status_code=error.status, media_type="application/json")
        return _json({"cell": cell_id, "pairs": list(self._source.pairs(cell_id, limit))})

    async def clear(self, request: Request) -> Response:
        """``POST /api/v1/cells/ID/clear`` with ``{"reason": "…"}``: end the cell's alarm; its test begins anew and costs alpha."""
        cell_id: int = request.path_params["id"]
        try:
            _check_own_page(request)
            reason = _reason(await request.body())
            await run_in_threadpool(self._check_known, cell_id)
            try:
                await self._clear(cell_id, reason)
            except ValueError as error:
                raise GatewayError(409, "invalid_request_error", "not_in_alarm", f"{error}.", "caller_invalid_request", "cell") from error
        except GatewayError as error:
            return Response(error.body(), status_code=error.status, media_type="application/json")
        return _json({"cell": cell_id, "cleared": reason})

    def _check_known(self, cell_id: int) -> None:
        if all(cell.id != cell_id for cell in self._source.cells()):
            raise GatewayError(
                404, "invalid_request_error", "cell_not_found", f"There is no cell {cell_id}.", "caller_unknown_path", "cell"
            )


def _check_own_page(request: Request) -> None:
    """Refuse what another site's page could make the operator's browser send: only a JSON body needs that site to be asked first."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise invalid_request("The body must be JSON, with content-type application/json.", param="content-type")


def _reason(body: bytes) -> str:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise invalid_request("The body is not JSON.") from error
    reason = document.get("reason") if isinstance(document, dict) else None
    if not isinstance(reason, str) or not reason.strip() or len(reason) > LONGEST_REASON:
        raise invalid_request(f"reason must say in up to {LONGEST_REASON} characters why the alarm is cleared.", param="reason")
    return reason.strip()


def _whole(request: Request, name: str, default: int | None) -> int:
    text = request.query_params.get(name)
    if text is None and default is not None:
        return default
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 18:
        raise invalid_request(f"{name} must be a whole number.", param=name)
    return int(text)


def _json(document: dict[str, Any]) -> Response:
    return Response(orjson.dumps(document), media_type="application/json")
