"""The models that clients may name, in OpenAI's shape; what only an upstream knows is left to it."""

import orjson

from gateway.routing import Place, Router


def model_list(router: Router, where: Place) -> bytes | None:
    """The body for ``GET /v1/models`` or ``/v1/models/NAME``; None when the upstream has to answer. Raises ``GatewayError`` 404."""
    if where.suffix == b"/models":
        return None if router.only_wildcard else orjson.dumps({"object": "list", "data": [_card(name) for name in router.names]})
    if where.model is None:
        return None
    deployment = router.resolve(where.model)
    return orjson.dumps(_card(where.model)) if deployment.translated or deployment.model == where.model else None


def _card(name: str) -> dict[str, object]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "evenhand"}
