import contextlib
from collections.abc import Iterator

import orjson
import pytest

from gateway.errors import GatewayError, no_such_model, too_large


def test_an_error_has_openais_four_keys() -> None:
    assert orjson.loads(no_such_model("no").body()) == {
        "error": {"message": "no", "type": "invalid_request_error", "param": "model", "code": "model_not_found"}
    }


def test_an_error_passes_through_context_managers() -> None:
    @contextlib.contextmanager
    def manager() -> Iterator[None]:
        yield

    with pytest.raises(GatewayError), manager():
        raise too_large(1)
