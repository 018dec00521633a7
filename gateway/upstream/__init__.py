"""Our own HTTP/1.1 client: connections kept per origin, bytes handed on as they come, a time limit for each phase."""

from gateway.upstream.connection import Connection, Limits
from gateway.upstream.pool import Fetched, Origin, Pool, origin

__all__ = ["Connection", "Fetched", "Limits", "Origin", "Pool", "origin"]
