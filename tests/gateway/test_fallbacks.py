"""Other models that stand in for one that fails."""

import time
from typing import Any

import orjson
import pytest

from gateway.exchange import from_bytes
from gateway.queue import open_queue
from gateway.routing import Router
from gateway.settings import Settings
from tests.gateway.conftest import Call, Gateway, post, split
from tests.gateway.routed import NOTHING_LISTENS, Gateways, Upstreams, answers, ask, entry, models_asked

STREAMS = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
TO_OTHERS = {"fallbacks": [{"m": ["b", "c"]}], "num_retries": 0}
WHOLE = {False: b'{"ok":true}', True: b"data: 1\n\ndata: [DONE]\n\n"}


@STREAMS
@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 529])
def test_an_error_of_the_upstream_goes_to_the_next_model_under_its_own_name(
    upstreams: Upstreams, gateways: Gateways, status: int, stream: bool
) -> None:
    a, b, c = upstreams(answers(status, retry_after="9")), upstreams(answers(200)), upstreams(answers(200))
    gateway = gateways(model_list=[entry("m", a), entry("b", b, api_key="sk-b"), entry("c", c)], router_settings=TO_OTHERS)
    got, headers, body = ask(gateway, stream=stream)
    assert (got, body) == (200, WHOLE[stream])
    assert not {b"retry-after", b"x-evenhand-error-origin"} & set(headers)
    assert (models_asked(a), models_asked(b), models_asked(c)) == (["up-m"], ["up-b"], [])
    assert b.calls[0].header(b"authorization") == b"Bearer sk-b"
    assert b.calls[0].header(b"host") == b"127.0.0.1:%d" % b.port
    assert b.calls[0].header(b"x-request-id") == headers[b"x-request-id"]
    assert b.calls[0].body.replace(b"up-b", b"up-m") == a.calls[0].body
    assert gateway.count("evenhand_upstream_retries_total", model="m") == 1
    assert gateway.count("evenhand_requests_total", model="b", endpoint="chat_completions", code="200", origin="upstream") == 1


@STREAMS
def test_fallbacks_are_tried_in_order(upstreams: Upstreams, gateways: Gateways, stream: bool) -> None:
    order: list[str] = []

    async def notes(call: Call) -> None:
        order.append(orjson.loads(call.body)["model"])
        await answers(200 if order[-1] == "up-c" else 503)(call)

    upstream = upstreams(notes)
    gateway = gateways(model_list=[entry(name, upstream) for name in ("c", "b", "m")], router_settings=TO_OTHERS)
    assert ask(gateway, stream=stream)[::2] == (200, WHOLE[stream])
    assert order == ["up-m", "up-b", "up-c"]


@STREAMS
def test_a_connection_that_fails_goes_to_the_next_model(upstreams: Upstreams, gateways: Gateways, stream: bool) -> None:
    b = upstreams(answers(200))
    models = [entry("m", NOTHING_LISTENS), entry("b", b), entry("c", NOTHING_LISTENS)]
    assert ask(gateways(model_list=models, router_settings=TO_OTHERS), stream=stream)[::2] == (200, WHOLE[stream])
    assert models_asked(b) == ["up-b"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
def test_an_error_of_the_request_goes_nowhere_else(upstreams: Upstreams, gateways: Gateways, status: int) -> None:
    b = upstreams(answers(200))
    models = [entry("m", upstreams(answers(status))), entry("b", b), entry("c", b)]
    assert ask(gateways(model_list=models, router_settings=TO_OTHERS))[0] == status
    assert not b.calls


@STREAMS
def test_when_all_fail_the_last_upstreams_error_is_passed_on(upstreams: Upstreams, gateways: Gateways, stream: bool) -> None:
    a, b, c = (upstreams(answers(status)) for status in (429, 500, 503))
    status, headers, body = ask(
        gateways(model_list=[entry("m", a), entry("b", b), entry("c", c)], router_settings=TO_OTHERS), stream=stream
    )
    assert (status, orjson.loads(body)["error"]["message"]) == (503, "answered 503")
    assert headers[b"x-evenhand-error-origin"] == b"upstream"


def test_the_last_error_that_an_upstream_answered_goes_before_one_of_no_connection(upstreams: Upstreams, gateways: Gateways) -> None:
    a, b = upstreams(answers(500)), upstreams(answers(429, retry_after="7"))
    gateway = gateways(model_list=[entry("m", a), entry("b", b), entry("c", NOTHING_LISTENS)], router_settings=TO_OTHERS)
    status, headers, body = ask(gateway)
    assert (status, headers[b"retry-after"], orjson.loads(body)["error"]["message"]) == (429, b"7", "answered 429")
    assert headers[b"x-evenhand-error-origin"] == b"upstream"
    assert gateway.count("evenhand_requests_total", model="b", endpoint="chat_completions", code="429", origin="upstream") == 1
    assert gateway.count("evenhand_in_flight_requests") == 0


def test_when_nobody_answers_the_gateway_does_in_openais_shape(gateways: Gateways) -> None:
    models = [entry(name, NOTHING_LISTENS) for name in ("m", "b", "c")]
    status, headers, body = ask(gateways(model_list=models, router_settings=TO_OTHERS))
    found = orjson.loads(body)["error"]
    assert (status, found["type"], found["code"], set(found)) == (
        502,
        "api_error",
        "upstream_connect_failed",
        {"message", "type", "param", "code"},
    )
    assert headers[b"x-evenhand-error-origin"] == b"gateway"


def test_a_model_without_fallbacks_of_its_own_has_the_default_ones(upstreams: Upstreams, gateways: Gateways) -> None:
    b, c = upstreams(answers(200)), upstreams(answers(200))
    models = [entry("m", NOTHING_LISTENS), entry("n", NOTHING_LISTENS), entry("b", b), entry("c", c)]
    gateway = gateways(model_list=models, router_settings={"fallbacks": [{"m": ["b"]}], "default_fallbacks": ["c"]})
    assert (ask(gateway, "m")[0], ask(gateway, "n")[0]) == (200, 200)
    assert (models_asked(b), models_asked(c)) == (["up-b"], ["up-c"])


def test_a_fallback_behind_a_wildcard_is_asked_for_what_the_list_names(upstreams: Upstreams, gateways: Gateways) -> None:
    star = upstreams(answers(200))
    any_model = {"model_name": "*", "litellm_params": {"model": "openai/*", "api_base": star.base}}
    gateway = gateways(model_list=[entry("m", NOTHING_LISTENS), any_model], router_settings={"fallbacks": [{"m": ["gpt-9"]}]})
    assert ask(gateway)[0] == 200
    assert models_asked(star) == ["gpt-9"]
    assert gateway.count("evenhand_requests_total", model="*", endpoint="chat_completions", code="200", origin="upstream") == 1


def test_each_deployments_credentials_go_to_it_alone(upstreams: Upstreams, gateways: Gateways) -> None:
    a, b = upstreams(answers(500)), upstreams(answers(200))
    through = {"model_name": "m", "litellm_params": {"model": "openai/m", "api_base": a.base, "pass_through_auth": True}}
    gateway = gateways(model_list=[through, entry("b", b, api_key="sk-b")], router_settings={"fallbacks": [{"m": ["b"]}]})
    assert ask(gateway, "m", b"Authorization: Bearer sk-client")[0] == 200
    assert a.calls[0].header(b"authorization") == b"Bearer sk-client"
    assert [value for name, value in b.calls[0].headers if name == b"authorization"] == [b"Bearer sk-b"]


def test_a_form_is_sent_to_a_fallback_with_its_model(upstreams: Upstreams, gateways: Gateways) -> None:
    async def ok(call: Call) -> None:
        await call.json()

    a, b = upstreams(), upstreams(ok)

    async def fails(call: Call) -> None:
        await call.json(b"{}", b"500 Broken")

    a.script = fails
    gateway = gateways(model_list=[entry("m", a), entry("b", b)], router_settings={"fallbacks": [{"m": ["b"]}]})
    field = b'--X\r\ncontent-disposition: form-data; name="%b"\r\n\r\n%b\r\n'
    form = field % (b"model", b"m") + field % (b"file", b"\x00\xff") + b"--X--\r\n"
    raw = post(form, b"/v1/audio/transcriptions").replace(b"application/json", b"multipart/form-data; boundary=X")
    assert split(gateway.ask(raw))[0] == 200
    assert a.calls[0].body == form.replace(b"\r\nm\r\n", b"\r\nup-m\r\n")
    assert b.calls[0].body == form.replace(b"\r\nm\r\n", b"\r\nup-b\r\n")


def test_azures_paths_name_a_deployment_and_never_fall_back(upstreams: Upstreams, gateways: Gateways) -> None:
    a, b = upstreams(answers(500)), upstreams(answers(200))
    gateway = gateways(model_list=[entry("m", a), entry("b", b)], router_settings={"fallbacks": [{"m": ["b"]}]})
    assert ask(gateway, path=b"/openai/deployments/m/chat/completions?api-version=1")[0] == 500
    assert not b.calls


def test_a_model_in_cooldown_is_passed_over_until_it_recovers(upstreams: Upstreams, gateways: Gateways) -> None:
    a, b = upstreams(answers(500)), upstreams(answers(200))
    router: dict[str, Any] = {"fallbacks": [{"m": ["b"]}], "allowed_fails": 1, "cooldown_time": 1.0}
    gateway = gateways(model_list=[entry("m", a), entry("b", b)], router_settings=router)
    assert [ask(gateway)[0] for _ in range(6)] == [200] * 6
    assert len(a.calls) == 2, "two failures are more than the one allowed"
    a.script = answers(200)
    deadline = time.monotonic() + 5
    while len(a.calls) == 2 and time.monotonic() < deadline:
        assert ask(gateway)[0] == 200
        time.sleep(0.05)
    assert len(a.calls) == 3


def queued(gateway: Gateway) -> Any:
    queue = open_queue(None, gateway.data_dir, max_items=100, max_bytes=1 << 20)
    try:
        deadline = time.monotonic() + 10
        while not queue.depth().items and time.monotonic() < deadline:
            time.sleep(0.05)
        return [from_bytes(item.payload) for item in queue.claim(100, 60)]
    finally:
        queue.close()


@STREAMS
def test_the_exchange_is_of_the_model_that_served_it_and_leads_back_to_it(upstreams: Upstreams, gateways: Gateways, stream: bool) -> None:
    b = upstreams(answers(200))
    sections: dict[str, Any] = {
        "model_list": [entry("m", upstreams(answers(503))), entry("b", b), entry("b", NOTHING_LISTENS, weight=0)],
        "router_settings": {"fallbacks": [{"m": ["b"]}]},
        "monitor": {
            "sample_rate": 1.0,
            "routes": [{"name": "of m", "match": {"models": ["m"]}}, {"name": "of-b", "match": {"models": ["b"]}}],
        },
    }
    sections["monitor"]["routes"][0]["name"] = "of-m"
    gateway = gateways(**sections)
    assert ask(gateway, stream=stream)[0] == 200
    (exchange,) = queued(gateway)
    assert (exchange.model, exchange.route, exchange.status, exchange.request["model"]) == ("b", "of-b", 200, "m")
    assert exchange.response == WHOLE[stream].decode()
    served = Router(Settings.model_validate(sections)).serving(exchange.deployment, exchange.request["model"])
    assert served is not None
    assert (served.api_base, served.upstream_model) == (b.base, "up-b")
    assert gateway.count("evenhand_exchanges_seen_total", model="b") == 1
    assert gateway.count("evenhand_exchanges_seen_total", model="m") == 0


def test_an_exchange_that_nobody_served_is_counted_once(gateways: Gateways) -> None:
    gateway = gateways(
        model_list=[entry("m", NOTHING_LISTENS), entry("b", NOTHING_LISTENS)],
        router_settings={"fallbacks": [{"m": ["b"]}]},
        monitor={"sample_rate": 0.0, "routes": [{"name": "all"}]},
    )
    assert ask(gateway)[0] == 502
    assert gateway.count("evenhand_exchanges_seen_total", model="b") == 1
    assert gateway.count("evenhand_exchanges_total", model="b", route="all", fate="not_sampled") == 1
    assert gateway.count("evenhand_exchanges_seen_total", model="m") == 0


def test_a_key_that_may_use_a_model_may_use_what_stands_in_for_it_and_no_more(upstreams: Upstreams, gateways: Gateways) -> None:
    b = upstreams(answers(200))
    key = {"hash": "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4", "name": "k", "models": ["m"]}  # of "hi"
    gateway = gateways(model_list=[entry("m", NOTHING_LISTENS), entry("b", b)], router_settings={"fallbacks": [{"m": ["b"]}]}, keys=[key])
    assert ask(gateway, "m", b"Authorization: Bearer hi")[0] == 200
    assert ask(gateway, "b", b"Authorization: Bearer hi")[0] == 404
    assert len(b.calls) == 1
