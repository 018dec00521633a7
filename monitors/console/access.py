"""Who may look: as long as there are no users, only programs on this machine, and only under this machine's own names."""

import ipaddress
from urllib.parse import urlsplit

import orjson
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.errors import GatewayError

OPEN_TO_ALL = frozenset({"/metrics", "/livez", "/readyz"})
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class LoopbackOnly:
    """Answers 403 to everyone but local clients, except on the paths that are open to all; sets the security headers on every answer.

    A request that a proxy passed on is not local, whatever its address; nor is one that names a foreign host, as a page in the
    operator's own browser could make it do by pointing its name at 127.0.0.1.
    """

    def __init__(self, app: ASGIApp, console_url: str | None) -> None:
        self._app = app
        self._own_host = urlsplit(console_url).hostname if console_url else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        if scope["path"] in OPEN_TO_ALL or self._is_local(scope):
            await self._app(scope, receive, guarded)
        else:
            await _refusal(scope["path"])(scope, receive, guarded)

    def _is_local(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        client = scope.get("client")
        if client is None or not _is_loopback(client[0]) or "x-forwarded-for" in headers or "forwarded" in headers:
            return False
        host = urlsplit(f"//{headers.get('host', '')}").hostname or ""
        return host in ("localhost", self._own_host) or _is_loopback(host)


def _is_loopback(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return (mapped or parsed).is_loopback


def _refusal(path: str) -> Response:
    message = "The console has no users configured and answers clients on its own machine only, under localhost. Use an SSH tunnel."
    if not path.startswith("/api/"):
        return PlainTextResponse(message + "\n", status_code=403)
    error = GatewayError(403, "permission_error", "loopback_only", message, "caller_forbidden")
    return Response(error.body(), status_code=403, media_type="application/json")


def error_body(status: int, code: str, message: str, param: str | None = None) -> bytes:
    """OpenAI's error shape for an answer of the console."""
    kind = "invalid_request_error" if status < 500 else "api_error"
    return orjson.dumps({"error": {"message": message, "type": kind, "param": param, "code": code}})
