"""How scorers reach an endpoint: HTTP to the hosts that a route allows, and to no other."""

from collections.abc import Collection, Mapping
from typing import Any

import httpx

from gateway.settings import Settings
from monitors.scorers import EndpointError
from monitors.scorers.endpoint import host_of, is_allowed

TIMEOUT_SECONDS = 30.0
MOST_BYTES = 1024 * 1024


class HttpClient:
    """Posts JSON to allowed hosts (``name`` or ``name:port``); follows no redirect, takes no proxy from the environment, tries once."""

    def __init__(self, allowed: Collection[str], timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._allowed = frozenset(host.lower() for host in allowed)
        self._client = httpx.Client(timeout=timeout_seconds, follow_redirects=False, trust_env=False)

    def post(self, url: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Any:
        """The JSON of the answer. The words of an `EndpointError` follow "the endpoint" and hold neither key nor text."""
        if not is_allowed(url, self._allowed):
            raise EndpointError(f"is at {host_of(url)}, which no route allows")
        try:
            with self._client.stream("POST", url, json=body, headers=dict(headers)) as response:
                received = _bounded(response)
        except httpx.TimeoutException as error:
            raise EndpointError("took too long") from error
        except httpx.HTTPError as error:
            raise EndpointError(f"could not be reached ({type(error).__name__})") from error
        if response.status_code != 200:
            raise EndpointError(f"answered {response.status_code}")
        try:
            return httpx.Response(200, content=received).json()
        except ValueError as error:
            raise EndpointError("answered without JSON") from error

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """The hosts that any route allows."""
    return frozenset(host for route in settings.routes for host in route.allow_external)


def _bounded(response: httpx.Response) -> bytes:
    received = bytearray()
    for chunk in response.iter_bytes():
        received += chunk
        if len(received) > MOST_BYTES:
            raise EndpointError("answered more than a score needs")
    return bytes(received)
