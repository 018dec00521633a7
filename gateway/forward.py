"""One raw ASGI callable from the client's request to the upstream and back: bytes in, bytes out, no request or response objects."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

from gateway.attempts import attempt
from gateway.errors import GatewayError, gateway_fault, shutting_down, too_large, too_slow
from gateway.heads import Headers
from gateway.logs import about
from gateway.protocol import CONNECTION
from gateway.ticket import Desk, Outgoing, Ticket
from gateway.upstream import Pool

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
log = logging.getLogger("evenhand.gateway")
_LINGER_SECONDS = 5.0
_BODY_IDLE_SECONDS = 60.0


class Client(Protocol):
    """A client's connection, beside what ASGI can say of it."""

    @property
    def has_request(self) -> bool:
        """Whether the whole request has come, body included."""

    def watch(self, gone: Callable[[], None] | None) -> None:
        """Have ``gone`` called once when the client closes it; None stops watching."""

    def start(self, status: int, headers: Headers, length: int | None) -> None:
        """Begin a relayed reply, whose body has ``length`` bytes if that is known."""

    def hold(self) -> None:
        """Keep what is sent until ``release``."""

    def release(self) -> None:
        """Write what was held; nothing where nothing was."""


class ClientGoneError(Exception):
    """The client closed its connection."""


async def forward(desk: Desk, pool: Pool, max_body_bytes: int, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one request, whatever becomes of it."""
    ticket = Ticket(desk, scope["method"], scope["raw_path"], scope["query_string"], scope["headers"])
    complete = False
    try:
        ticket.admit()
        if (known := ticket.known()) is not None:
            await answer(send, 200, ticket.answered(), known)
            complete = True
            return
        client: Client = scope["extensions"][CONNECTION]
        body = await _read_body(ticket.fields, client, receive, max_body_bytes)
        outgoing = ticket.dispatch(body)
        complete = await _while_connected(client, _relay(ticket, pool, outgoing, client, send))
    except ClientGoneError:
        ticket.left()
    except GatewayError as error:
        expects = any(name == b"expect" for name, _ in ticket.fields)
        unread = receive if error.status == 413 and not expects else None
        close = expects or error.status == 408
        await answer(send, error.status, ticket.refused(error), error.body(), close=close, unread=unread)
    except asyncio.CancelledError:
        await _cut_short(ticket, send)  # the drain is over, and with it the process
    except Exception:
        log.exception("a request failed by a fault of the gateway", extra=about("exchange_failed", exchange_id=ticket.exchange_id))
        if ticket.origin != "upstream":
            fault = gateway_fault("The gateway failed to handle this request; its log has the reason.")
            await answer(send, fault.status, ticket.refused(fault), fault.body())
        ticket.error = "gateway_internal"
    finally:
        ticket.end(complete=complete)


async def _cut_short(ticket: Ticket, send: Send) -> None:
    """Tell the client that its request ends here, as far as there is still a way to."""
    error = shutting_down()
    if ticket.origin != "upstream":
        await answer(send, error.status, ticket.refused(error), error.body(), close=True)
    elif last_words := ticket.failed(error):
        await send({"type": "http.response.body", "body": last_words, "more_body": True})


async def answer(
    send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes, *, close: bool = False, unread: Receive | None = None
) -> None:
    """Send a whole reply of our own, and close the connection after it where asked to.

    With ``unread`` the rest of a request that is too large is read for a while before closing, so that the client, which is still
    sending, gets to see the answer instead of a reset connection.
    """
    headers = [*headers, (b"content-length", b"%d" % len(body))]
    if close or unread is not None:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    if unread is not None:
        await send({"type": "http.response.body", "body": body, "more_body": True})
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LINGER_SECONDS):
                while (await unread()).get("more_body", False):
                    pass
        body = b""
    await send({"type": "http.response.body", "body": body})


async def _read_body(fields: Headers, client: Client, receive: Receive, limit: int) -> bytes:
    """The whole request body.

    Raises ``GatewayError`` 413 before reading what is announced as too large, 408 when the client stalls, and ``ClientGoneError``.
    """
    for name, value in fields:
        if name == b"content-length" and int(value) > limit:
            raise too_large(limit)
    message = await (receive() if client.has_request else _soon(receive))
    if message["type"] == "http.request" and not message.get("more_body", False):
        body: bytes = message.get("body", b"")
        if len(body) > limit:
            raise too_large(limit)
        return body
    pieces, size = [], 0
    while True:
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > limit:
            raise too_large(limit)
        if not message.get("more_body", False):
            return b"".join(pieces)
        message = await _soon(receive)


async def _soon(receive: Receive) -> MutableMapping[str, Any]:
    try:
        async with asyncio.timeout(_BODY_IDLE_SECONDS):
            return await receive()
    except TimeoutError as error:
        raise too_slow(_BODY_IDLE_SECONDS) from error


async def _while_connected(client: Client, work: Awaitable[bool]) -> bool:
    """Await ``work``, cancelled as soon as the client is gone. Raises ``ClientGoneError``."""
    here = asyncio.current_task()
    assert here is not None
    gone = False

    def leave() -> None:
        nonlocal gone
        gone = True
        here.cancel()

    client.watch(leave)
    try:
        return await work
    except asyncio.CancelledError:
        if not gone:
            raise
        here.uncancel()
        raise ClientGoneError from None
    finally:
        client.watch(None)


async def _relay(ticket: Ticket, pool: Pool, outgoing: Outgoing, client: Client, send: Send) -> bool:
    """Send the request on and its reply back as the bytes come; False when the reply broke off. Raises ``GatewayError`` before it began."""
    outgoing, connection = await attempt(ticket, pool, outgoing)
    kept = True
    try:
        headers = ticket.replied(connection.status, connection.headers, connection.arrived)
        if connection.has_bytes:
            client.hold()
        client.start(connection.status, headers, ticket.length)
        while True:
            piece = await connection.read()
            if piece:
                ticket.data(piece)
            ended = connection.ended
            if ended:
                kept = False
                pool.release(outgoing.to, connection)
            await send({"type": "http.response.body", "body": piece, "more_body": not ended})
            client.release()
            if ended:
                return True
    except GatewayError as error:
        if ticket.origin != "upstream":
            raise
        if last_words := ticket.failed(error):
            await send({"type": "http.response.body", "body": last_words, "more_body": True})
        return False  # returning without an end makes the server abort the connection: nobody may take this for a whole reply
    finally:
        client.release()
        if kept:
            connection.abort()
