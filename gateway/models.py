"""The models that clients may name, in OpenAI's shape; what only an upstream knows is left to it."""

import orjson

from gateway.keys import Key
from gateway.limits import not_allowed
from gateway.routing import Place, Router


def model_list(router: Router, where: Place, key: Key | None = None) -> bytes | None:
    """The body for ``GET /v1/models`` or ``/v1/models/NAME``, as far as ``key`` may know of them; None when the upstream has to answer.

    Raises ``GatewayError`` 404.
    """
    if where.suffix == b"/models":
        if key is not None and key.models:
            return _listed(_permitted(router, key))
        return None if router.only_wildcard else _listed(router.names)
    if where.model is None:
        return None
    deployment = router.resolve(where.model)
    if key is not None and not key.allows(where.model, deployment.model):
        raise not_allowed(where.model)
    return orjson.dumps(_card(where.model)) if deployment.translated or deployment.model == where.model else None


def _permitted(router: Router, key: Key) -> list[str]:
    """Configured names that the key may use, and those that it names itself and a wildcard serves."""
    names = [name for name in router.names if key.allows(name, name)]
    return names + [name for name in key.models if "*" not in name and name not in names and router.serves(name)]


def _listed(names: list[str]) -> bytes:
    return orjson.dumps({"object": "list", "data": [_card(name) for name in names]})


def _card(name: str) -> dict[str, object]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "evenhand"}
