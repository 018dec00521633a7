"""Both ends of the comparison: an upstream that keeps what it was asked, and the product before it."""

from collections.abc import Iterator

import pytest

from evenhand.demo.children import Children
from tests.integration.clients.sides import REPLAY_KEY
from tests.integration.clients.upstream import Upstream, running
from tests.integration.conftest import Served, settings


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with running() as server:
        yield server


@pytest.fixture(scope="module")
def served(upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`evenhand serve` before the upstream, every exchange sampled; clients bring their own keys."""
    folder = tmp_path_factory.mktemp("served")
    params = {"model": "openai/*", "api_base": upstream.base, "pass_through_auth": True, "shadow_api_key": REPLAY_KEY}
    config = settings({}, folder / "data") | {"model_list": [{"model_name": "*", "litellm_params": params}]}
    with Children(folder) as children:
        yield Served(children, folder, config)
