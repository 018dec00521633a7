"""From a request to the reply that is passed on: tried again, or elsewhere, as long as nothing of a reply has gone to the client."""

import asyncio
import math
import time
from email.utils import mktime_tz, parsedate_tz

from gateway.desk import Outgoing
from gateway.errors import GatewayError
from gateway.heads import Headers
from gateway.routing import Failure, asks_for_stream
from gateway.ticket import Ticket
from gateway.upstream import UNREACHED, UNREACHED_IN_TIME, Connection, Patience, Pool


async def attempt(ticket: Ticket, pool: Pool, outgoing: Outgoing) -> tuple[Outgoing, Connection]:
    """Send a request until a reply to it is to be passed on, and say which request that was. Raises ``GatewayError``.

    An error that an upstream answered waits, unread, while others are tried, and is the reply where none of them answers at all.
    """
    kept: tuple[Outgoing, Connection] | None = None
    try:
        while True:
            try:
                connection = await pool.send(
                    outgoing.to,
                    outgoing.method,
                    outgoing.head,
                    outgoing.body,
                    patience=None if outgoing.deployment.stream_timeout is None else _patience(outgoing),
                    on_again=ticket.retried,
                )
            except GatewayError as error:
                following = ticket.again(Failure(0, error.label in (UNREACHED, UNREACHED_IN_TIME), error.label == UNREACHED_IN_TIME))
                if following is None and kept is None:
                    raise
            else:
                if connection.status < 400:
                    return outgoing, connection
                following = ticket.again(Failure(connection.status, wait_seconds=retry_after(connection.headers, time.time())))
                if kept is not None:
                    await _let_go(pool, *kept)
                kept = outgoing, connection
            if following is None:
                assert kept is not None
                answered, kept = kept, None
                ticket.settle_for(answered[0].deployment)
                return answered
            outgoing, wait_seconds = following
            if wait_seconds:
                await asyncio.sleep(wait_seconds)
    finally:
        if kept is not None:
            await _let_go(pool, *kept)


def _patience(outgoing: Outgoing) -> Patience | None:
    """A deployment's own times for a request: of a stream each wait is bounded, of any other reply the whole."""
    if asks_for_stream(outgoing.body):
        seconds = outgoing.deployment.stream_timeout
        return None if seconds is None else Patience(seconds, seconds)
    seconds = outgoing.deployment.timeout
    return None if seconds is None else Patience(seconds, seconds, seconds)


async def _let_go(pool: Pool, outgoing: Outgoing, connection: Connection) -> None:
    """Drop a reply that nobody gets; its connection is used again where the reply has come whole."""
    if connection.has_bytes:
        await connection.read()  # does not wait
    if connection.ended:
        pool.release(outgoing.to, connection)
    else:
        connection.abort()


def retry_after(headers: Headers, now: float) -> float | None:
    """Seconds that ``retry-after-ms`` or ``retry-after`` asks to wait from ``now`` (Unix time); None where neither says anything."""
    named = {name.lower(): value.decode("latin-1") for name, value in headers}
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = named.get(name.encode())
        if value is None:
            continue
        try:
            seconds = float(value) * unit
        except ValueError:
            date = parsedate_tz(value)
            seconds = math.nan if date is None else max(0.0, mktime_tz(date) - now)
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    return None
