"""Asks the console as a client on a given address would."""

import asyncio

import httpx

from monitors.console import console
from monitors.console.api import Clear
from monitors.metrics import exposition, registry
from tests.monitors.example_views import Values, settings


async def unasked(cell_id: int, reason: str) -> None:
    """For tests in which nobody clears an alarm."""
    raise AssertionError(f"cell {cell_id} was cleared")


def get(
    path: str,
    source: Values | None = None,
    *,
    address: str = "127.0.0.1",
    host: str = "127.0.0.1:4100",
    headers: dict[str, str] | None = None,
    config: str | None = None,
    method: str = "GET",
    content: bytes | None = None,
    clear: Clear = unasked,
) -> httpx.Response:
    """The console's answer to one request."""
    values = source or Values()
    configured = settings() if config is None else settings(config)
    app = console(values, configured, exposition(registry(values, configured)), clear)

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(address, 50000), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            return await client.request(method, path, headers=headers, content=content)

    return asyncio.run(ask())
