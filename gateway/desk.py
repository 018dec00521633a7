"""What a worker keeps for all requests, in one object that a change of the configuration replaces."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from gateway.auth import Auth
from gateway.exchange import exchange_ids
from gateway.journal import Journal
from gateway.keys import Key
from gateway.limits import Books
from gateway.listing import Listings
from gateway.metrics import Metrics
from gateway.prices import Prices
from gateway.routing import Balancer, Deployment, Retries, Router
from gateway.upstream import BusyNotes, Origin
from gateway.usage import Usage

if TYPE_CHECKING:
    from gateway.capture import Handoff
    from gateway.sampling import Sampler


@dataclass(frozen=True, slots=True)
class Desk:
    """What every request needs; replaced as a whole when the configuration changes."""

    router: Router
    auth: Auth
    metrics: Metrics
    origins: dict[str, Origin]
    books: Books
    prices: Prices
    balancer: Balancer
    retries: Retries
    journal: Journal
    busy: BusyNotes
    listings: Listings
    sampler: "Sampler | None" = None
    handoff: "Handoff | None" = None
    ids: Iterator[str] = field(default_factory=exchange_ids)

    def charge(self, key: Key | None, model: str, upstream_model: str | None, used: Usage) -> None:
        """Count what tokens cost, and to whom."""
        cost = (0, 0)
        if (price := self.prices.of(model, upstream_model)) is not None:
            cost = price.cost(used)
            self.metrics.cost(model, used, cost)
        if key is not None:
            self.books.charge(key, used.input + used.output, sum(cost))


class Outgoing(NamedTuple):
    """A request as the upstream gets it."""

    to: Origin
    method: bytes
    head: bytes
    body: bytes
    deployment: Deployment
