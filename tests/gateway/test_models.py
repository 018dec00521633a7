from collections.abc import Callable

import orjson

from tests.gateway.conftest import Gateway, Upstream, split

GET = b"GET %b HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n"


def test_the_list_names_the_configured_models(upstreams: Callable[..., Upstream], gateways: Callable[..., Gateway]) -> None:
    upstream = upstreams()
    gateway = gateways(upstream)
    status, _, got = split(gateway.ask(GET % b"/v1/models"))
    document = orjson.loads(got)
    assert (status, document["object"], [card["id"] for card in document["data"]]) == (200, "list", ["m"])
    assert document["data"][0]["object"] == "model"
    assert orjson.loads(split(gateway.ask(GET % b"/v1/models/m"))[2])["id"] == "m"
    assert split(gateway.ask(GET % b"/v1/models/nope"))[0] == 404
    assert not upstream.calls


def test_a_single_wildcard_relays_the_upstreams_list(upstreams: Callable[..., Upstream], gateways: Callable[..., Gateway]) -> None:
    upstream = upstreams()
    gateway = gateways(model_list=[{"model_name": "*", "litellm_params": {"model": "openai/*", "api_base": upstream.base}}])
    assert split(gateway.ask(GET % b"/v1/models?limit=3"))[2] == b'{"ok":true}'
    gateway.ask(GET % b"/v1/models/org%2Fm")
    assert [call.line for call in upstream.calls] == [b"GET /v1/models?limit=3 HTTP/1.1", b"GET /v1/models/org%2Fm HTTP/1.1"]
