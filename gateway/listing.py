"""What the upstreams behind wildcards say they have: asked when somebody wants to know, remembered for a while."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import orjson

from gateway.errors import GatewayError
from gateway.logs import about
from gateway.routing import Deployment
from gateway.upstream import Pool

TIMEOUT_SECONDS = 3.0
FRESH_SECONDS = 60.0
FAILED_SECONDS = 10.0  # so long an upstream that gave no list is left in peace
MAX_BYTES = 8 * 1024 * 1024
Card = dict[str, Any]
Fetch = Callable[[Deployment], Awaitable[list[Card]]]
log = logging.getLogger("evenhand.gateway")


class ListingError(Exception):
    """An upstream's list could not be had; the text says why."""


class Listings:
    """One worker's. ``fetch`` asks one upstream (see ``fetch_from``), ``clock`` gives seconds."""

    def __init__(self, fetch: Fetch, clock: Callable[[], float]) -> None:
        self._fetch, self._clock = fetch, clock
        self._kept: dict[tuple[str, str | None], tuple[float, list[Card]]] = {}
        self._asking = asyncio.Lock()

    async def cards(self, wildcards: Iterable[Deployment]) -> list[Card]:
        """The models behind wildcard deployments by the names that clients ask for, each once; without those of an upstream that fails."""
        named = [(each, _source(each)) for each in wildcards if "*" in (each.upstream_model or "") and not each.translated]
        async with self._asking:  # many who ask at once are one to the upstreams
            now = self._clock()
            due = {source: each for each, source in named if self._kept.get(source, (now, []))[0] <= now}
            await asyncio.gather(*(self._renew(source, each) for source, each in due.items()))
        found: dict[str, Card] = {}
        for each, source in named:
            for card in self._kept[source][1]:
                if (name := _outward(card["id"], each)) is not None:
                    found.setdefault(name, {**card, "id": name})
        return list(found.values())

    async def _renew(self, source: tuple[str, str | None], deployment: Deployment) -> None:
        try:
            cards, seconds = await self._fetch(deployment), FRESH_SECONDS
        except ListingError as error:
            cards, seconds = [], FAILED_SECONDS
            log.warning("%s is left out of the list of models: %s", deployment.model, error, extra=about("models_unlisted"))
        self._kept[source] = self._clock() + seconds, cards


async def fetch_from(pool: Pool, deployment: Deployment) -> list[Card]:
    """Ask an upstream for its models, with the deployment's own key. Raises ``ListingError``."""
    if deployment.pass_through_auth and deployment.api_key is None:
        raise ListingError("only a client's own key opens its upstream")
    headers = [(b"accept", b"application/json"), (b"accept-encoding", b"identity")]
    if deployment.api_key is not None:
        headers.append((b"authorization", b"Bearer " + deployment.api_key.encode()))
    url = f"{deployment.api_base}/models"
    try:
        reply = await pool.fetch(url, method="GET", headers=headers, timeout_seconds=TIMEOUT_SECONDS, max_bytes=MAX_BYTES)
    except GatewayError as error:
        raise ListingError(error.message) from error
    if reply.status != 200:
        raise ListingError(f"its upstream answered with status {reply.status}")
    return _read(reply.body)


def _read(body: bytes) -> list[Card]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ListingError("its upstream's list is not JSON") from error
    cards = document.get("data") if isinstance(document, dict) else None
    if not isinstance(cards, list) or not all(isinstance(card, dict) and isinstance(card.get("id"), str) for card in cards):
        raise ListingError("its upstream's list has not OpenAI's shape")
    return cards


def _source(deployment: Deployment) -> tuple[str, str | None]:
    return deployment.api_base, deployment.api_key


def _outward(name: str, deployment: Deployment) -> str | None:
    """What clients call the upstream's model ``name``; None where the wildcard does not lead to it."""
    head, _, tail = (deployment.upstream_model or "").partition("*")
    if not (name.startswith(head) and name.endswith(tail) and len(name) >= len(head) + len(tail)):
        return None
    return deployment.model.replace("*", name[len(head) : len(name) - len(tail)])
