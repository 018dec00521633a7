from collections.abc import Callable

import orjson
import pytest

from tests.gateway.conftest import Gateway, Upstream, post, split

BODY = b'{"model":"m","messages":[]}'
Gateways = Callable[..., Gateway]
Upstreams = Callable[..., Upstream]
KEY = {"master_key": "sk-master"}


@pytest.mark.parametrize(
    "header", [b"Authorization: Bearer sk-master", b"authorization: bearer  sk-master", b"api-key: sk-master", b"X-Api-Key: sk-master"]
)
def test_the_master_key_opens_and_goes_no_further(upstreams: Upstreams, gateways: Gateways, header: bytes) -> None:
    upstream = upstreams()
    assert split(gateways(upstream, general_settings=KEY).ask(post(BODY, b"/v1/chat/completions", header)))[0] == 200
    assert b"sk-master" not in upstream.calls[0].head
    assert upstream.calls[0].header(b"authorization") == b"Bearer sk-upstream"


@pytest.mark.parametrize(
    "header", [b"X-None: 1", b"Authorization: Bearer sk-other", b"Authorization: sk-master", b"Authorization: Bearer", b"api-key: sk-maste"]
)
def test_without_the_master_key_nothing_passes(upstreams: Upstreams, gateways: Gateways, header: bytes) -> None:
    upstream = upstreams()
    gateway = gateways(upstream, general_settings=KEY)
    status, headers, got = split(gateway.ask(post(BODY, b"/v1/chat/completions", header)))
    assert status == 401
    assert orjson.loads(got)["error"]["code"] == "invalid_api_key"
    assert headers[b"x-evenhand-error-origin"] == b"gateway"
    assert not upstream.calls
    assert gateway.count("evenhand_requests_total", model="_other", endpoint="chat_completions", code="401", origin="gateway") == 1


def test_without_a_master_key_the_clients_key_is_dropped(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams()
    gateways(upstream).ask(post(BODY, b"/v1/chat/completions", b"Authorization: Bearer sk-client", b"x-api-key: sk-client"))
    assert b"sk-client" not in upstream.calls[0].head
    assert upstream.calls[0].header(b"authorization") == b"Bearer sk-upstream"


def through(upstream: Upstream) -> list[dict[str, object]]:
    params = {"model": "openai/m", "api_base": upstream.base, "api_key": "sk-upstream", "pass_through_auth": True}
    return [{"model_name": "m", "litellm_params": params}]


def test_pass_through_sends_the_clients_key_and_ours_only_where_it_sent_none(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams()
    gateway = gateways(model_list=through(upstream))
    gateway.ask(post(BODY, b"/v1/chat/completions", b"Authorization: Bearer sk-client"))
    gateway.ask(post(BODY))
    assert [call.header(b"authorization") for call in upstream.calls] == [b"Bearer sk-client", b"Bearer sk-upstream"]


def test_pass_through_beside_a_master_key_keeps_the_master_key_here(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams()
    gateway = gateways(model_list=through(upstream), general_settings=KEY)
    gateway.ask(post(BODY, b"/v1/chat/completions", b"Authorization: Bearer sk-client", b"api-key: sk-master"))
    gateway.ask(post(BODY, b"/v1/chat/completions", b"Authorization: Bearer sk-master"))
    assert [call.header(b"authorization") for call in upstream.calls] == [b"Bearer sk-client", b"Bearer sk-upstream"]
    assert all(b"sk-master" not in call.head for call in upstream.calls)


def test_anthropics_dialect_gets_its_own_key_header(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams()
    gateways(upstream).ask(post(BODY, b"/v1/messages", b"anthropic-version: 2023-06-01"))
    assert (upstream.calls[0].header(b"x-api-key"), upstream.calls[0].header(b"authorization")) == (b"sk-upstream", None)
