"""One raw ASGI callable from the client's request to the upstream and back: bytes in, bytes out, no request or response objects."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

from gateway.attempts import attempt
from gateway.desk import Desk, Outgoing
from gateway.errors import GatewayError, gateway_fault, shutting_down, too_large, too_slow
from gateway.heads import Headers
from gateway.logs import about
from gateway.ticket import Ticket
from gateway.upstream import Connection, Pool

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
log = logging.getLogger("evenhand.gateway")
_LINGER_SECONDS = 5.0
_BODY_IDLE_SECONDS = 60.0


class Client(Protocol):
    """A client's connection, beside what ASGI can say of it."""

    loop: asyncio.AbstractEventLoop

    @property
    def has_request(self) -> bool:
        """Whether the whole request has come, body included."""

    @property
    def is_gone(self) -> bool:
        """Whether the client has closed it."""

    def watch(self, gone: Callable[[], object] | None) -> None:
        """Have ``gone`` called once when the client closes it; None stops watching."""

    def take_body(self) -> bytes | None:
        """The whole body of the request, once; None where it has to be received."""

    def start(self, status: int, headers: Headers, length: int | None, *, hold: bool) -> None:
        """Begin a relayed reply, whose body has ``length`` bytes if that is known; ``hold`` keeps the head until the first ``write``."""

    def write(self, piece: bytes, *, last: bool) -> None:
        """Bytes of a relayed reply's body."""

    @property
    def is_full(self) -> bool:
        """Whether to wait for ``drained`` before the next ``write``."""

    async def drained(self) -> None:
        """Wait until the client has read what was written."""


class ClientGoneError(Exception):
    """The client closed its connection."""


async def forward(desk: Desk, pool: Pool, max_body_bytes: int, client: Client, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one request, whatever becomes of it."""
    ticket = Ticket(desk, scope["method"], scope["raw_path"], scope["query_string"], scope["headers"])
    complete = False
    try:
        ticket.admit()
        if ticket.asks_for_models and (known := await ticket.known()) is not None:
            await answer(send, 200, ticket.answered(), known)
            complete = True
            return
        if (body := client.take_body()) is None:
            body = await _read_body(ticket.fields, client, receive, max_body_bytes)
        elif len(body) > max_body_bytes:
            raise too_large(max_body_bytes)
        complete = await _relay(ticket, pool, ticket.dispatch(body), client)
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


async def _relay(ticket: Ticket, pool: Pool, outgoing: Outgoing, client: Client) -> bool:
    """Send the request on and its reply back as the bytes come; False when the reply broke off.

    Ends as soon as the client is gone. Raises ``ClientGoneError``, and ``GatewayError`` before a reply began.
    """
    here = asyncio.current_task(client.loop)
    assert here is not None
    kept: Connection | None = None
    client.watch(here.cancel)
    try:
        outgoing, connection = await attempt(ticket, pool, outgoing)
        kept = connection
        headers = ticket.replied(connection.status, connection.headers, connection.arrived)
        client.start(connection.status, headers, ticket.length, hold=connection.has_bytes)
        while True:
            piece = await connection.read()
            if piece:
                ticket.data(piece)
            if ended := connection.ended:
                pool.release(outgoing.to, connection)
                kept = None
            if client.is_full:
                await client.drained()
            client.write(piece, last=ended)
            if ended:
                return True
    except asyncio.CancelledError:
        if not client.is_gone:
            raise
        here.uncancel()
        raise ClientGoneError from None
    except GatewayError as error:
        if ticket.origin != "upstream":
            raise
        if last_words := ticket.failed(error):
            if client.is_full:
                await client.drained()
            client.write(last_words, last=False)
        return False  # returning without an end makes the server abort the connection: nobody may take this for a whole reply
    finally:
        client.watch(None)
        if kept is not None:
            kept.abort()
