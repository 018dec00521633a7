"""The models that clients may name, in OpenAI's shape: the configured ones, and behind wildcards what the upstreams say they have."""

from typing import Any

import orjson

from gateway.keys import Key
from gateway.limits import not_allowed
from gateway.listing import Listings
from gateway.routing import Place, Router


async def known_models(router: Router, listings: Listings, where: Place, key: Key | None = None) -> bytes | None:
    """The body for ``GET /v1/models`` or ``/v1/models/NAME``, as far as ``key`` may know of them; None when the upstream has to answer.

    Raises ``GatewayError`` 404.
    """
    if where.suffix == b"/models":
        limited = key is not None and bool(key.models)
        if router.only_wildcard is not None and not limited:
            return None
        cards = {name: _card(name) for name in router.names}
        for card in await listings.cards(router.wildcards):
            cards.setdefault(card["id"], card)
        return _listed(_permitted(router, key, cards) if key is not None and limited else cards)
    if where.model is None:
        return None
    deployment = router.resolve(where.model)
    if key is not None and not key.allows(where.model, deployment.model):
        raise not_allowed(where.model)
    return orjson.dumps(_card(where.model)) if deployment.translated or deployment.model == where.model else None


def _permitted(router: Router, key: Key, cards: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Those that the key may use, and those that it names itself and a wildcard serves."""
    permitted = {name: card for name, card in cards.items() if key.allows(name, router.resolve(name).model)}
    for name in key.models:
        if "*" not in name and router.serves(name):
            permitted.setdefault(name, _card(name))
    return permitted


def _listed(cards: dict[str, dict[str, Any]]) -> bytes:
    return orjson.dumps({"object": "list", "data": list(cards.values())})


def _card(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "evenhand"}
