"""The console as an application: its routes, and what it answers when something is wrong."""

from http import HTTPStatus
from pathlib import Path

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from gateway.metrics import Exposition, media_type
from gateway.settings import Settings
from monitors.console.access import LoopbackOnly, error_body
from monitors.console.api import Api, Clear
from monitors.console.pages import Pages
from monitors.views import Source


def console(source: Source, settings: Settings, exposition: Exposition, clear: Clear) -> Starlette:
    """The console over a source. Endpoints read the source in threads; ``exposition`` gives the text of ``/metrics``.

    ``clear`` ends a cell's alarm for a reason. Without configured users pages and API answer clients on this machine only.
    """
    pages, api = Pages(source, settings), Api(source, clear)

    async def metrics(request: Request) -> Response:
        form = media_type(request.headers.get("accept", ""))
        return Response(await exposition.text(form), headers={"content-type": form.value})

    async def livez(request: Request) -> Response:
        return PlainTextResponse("ok\n")

    def readyz(request: Request) -> Response:
        problems = source.pipeline().problems
        return Response(orjson.dumps({"status": "ready", "problems": problems}), media_type="application/json")

    def failed(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        message = error.detail if isinstance(error, HTTPException) else "The console could not read its data. The log says why."
        if request.url.path.startswith("/api/"):
            code = HTTPStatus(status).phrase.lower().replace(" ", "_")
            return Response(error_body(status, code, message), status_code=status, media_type="application/json")
        return pages.error(status, message)

    return Starlette(
        routes=[
            Route("/", pages.cells),
            Route("/cells/{id:int}", pages.cell),
            Route("/runbooks/{name}", pages.runbook),
            Route("/api/v1/cells", api.cells),
            Route("/api/v1/cells/{id:int}/clear", api.clear, methods=["POST"]),
            Route("/api/v1/pairs", api.pairs),
            Route("/metrics", metrics),
            Route("/livez", livez),
            Route("/readyz", readyz),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ],
        middleware=[Middleware(LoopbackOnly, console_url=settings.monitor.console_url if settings.monitor else None)],
        exception_handlers={HTTPException: failed, Exception: failed},
    )
