"""Our own HTTP/1.1 client: connections kept per origin, bytes handed on as they come, a time limit for each phase."""

from gateway.upstream.busy import Busy, BusyNotes, read_busy
from gateway.upstream.connection import Connection, Limits, Patience
from gateway.upstream.pool import UNREACHED, UNREACHED_IN_TIME, Fetched, Origin, Pool, origin

__all__ = [
    "UNREACHED",
    "UNREACHED_IN_TIME",
    "Busy",
    "BusyNotes",
    "Connection",
    "Fetched",
    "Limits",
    "Origin",
    "Patience",
    "Pool",
    "origin",
    "read_busy",
]
