"""Exchange ids for tests, one at a time."""

from gateway.exchange import exchange_ids


def new_exchange_id() -> str:
    """An id as the gateway mints them."""
    return next(exchange_ids(at_once=1))
