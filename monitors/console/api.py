"""The same values as JSON; errors in OpenAI's shape."""

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from gateway.errors import GatewayError, invalid_request
from monitors.views import Source

MOST_PAIRS = 200


class Api:
    """Endpoints that read the source in a thread and answer JSON."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def cells(self, request: Request) -> Response:
        """``/api/v1/cells``: every cell, placebo cells included."""
        return _json({"cells": list(self._source.cells())})

    def pairs(self, request: Request) -> Response:
        """``/api/v1/pairs?cell=ID&limit=N``: pairs of a cell whose text was kept."""
        try:
            cell_id, limit = _whole(request, "cell", None), _whole(request, "limit", 20)
            if not 1 <= limit <= MOST_PAIRS:
                raise invalid_request(f"limit must be from 1 to {MOST_PAIRS}.", param="limit")
            if all(cell.id != cell_id for cell in self._source.cells()):
                raise GatewayError(
                    404, "invalid_request_error", "cell_not_found", f"There is no cell {cell_id}.", "caller_unknown_path", "cell"
                )
        except GatewayError as error:
            return Response(error.body(), status_code=error.status, media_type="application/json")
        return _json({"cell": cell_id, "pairs": list(self._source.pairs(cell_id, limit))})


def _whole(request: Request, name: str, default: int | None) -> int:
    text = request.query_params.get(name)
    if text is None and default is not None:
        return default
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 18:
        raise invalid_request(f"{name} must be a whole number.", param=name)
    return int(text)


def _json(document: dict[str, Any]) -> Response:
    return Response(orjson.dumps(document), media_type="application/json")
