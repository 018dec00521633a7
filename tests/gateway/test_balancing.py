"""Several deployments of one model: how they share its requests, and what happens to those that fail."""

import time
from math import sqrt
from typing import Any

import orjson
import pytest

from tests.gateway.routed import NOTHING_LISTENS, Gateways, Upstreams, answers, ask, entry

STREAMS = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])


@STREAMS
@pytest.mark.parametrize("measures", [({"weight": 3}, {}), ({"rpm": 300}, {"rpm": 100}), ({"tpm": 9, "rpm": 1}, {"tpm": 3})])
def test_requests_are_shared_by_weight(upstreams: Upstreams, gateways: Gateways, measures: Any, stream: bool) -> None:
    a, b = upstreams(answers(200)), upstreams(answers(200))
    gateway = gateways(model_list=[entry("m", a, **measures[0]), entry("m", b, **measures[1])])
    asked = 200
    assert {ask(gateway, stream=stream)[0] for _ in range(asked)} == {200}
    assert len(a.calls) + len(b.calls) == asked
    assert abs(len(a.calls) - asked * 0.75) <= 5 * sqrt(asked * 0.75 * 0.25)  # once in two million runs by chance


def test_each_deployment_is_asked_under_its_own_name_with_its_own_key(upstreams: Upstreams, gateways: Gateways) -> None:
    a, b = upstreams(answers(200)), upstreams(answers(200))
    gateway = gateways(model_list=[entry("m", a, api_key="sk-a"), entry("m", b, api_key="sk-b", model="openai/other")])
    while not (a.calls and b.calls):
        assert ask(gateway)[0] == 200
    assert {(orjson.loads(call.body)["model"], call.header(b"authorization")) for call in a.calls} == {("up-m", b"Bearer sk-a")}
    assert {(orjson.loads(call.body)["model"], call.header(b"authorization")) for call in b.calls} == {("other", b"Bearer sk-b")}


@STREAMS
def test_a_deployment_that_cannot_be_reached_costs_no_request(upstreams: Upstreams, gateways: Gateways, stream: bool) -> None:
    up = upstreams(answers(200))
    gateway = gateways(model_list=[entry("m", NOTHING_LISTENS, weight=9), entry("m", up)])
    assert {ask(gateway, stream=stream)[0] for _ in range(20)} == {200}
    assert gateway.count("evenhand_upstream_retries_total", model="m") == 4, "then it was in cooldown"


def cooldown(gateway: Any, deployments: int = 2) -> float:
    """How many deployments of m are shown as being in cooldown."""
    gateway.count("evenhand_in_flight_requests")  # flushes
    samples = [sample for family in gateway.metrics.registry.collect() for sample in family.samples]
    found = [sample.value for sample in samples if sample.name == "evenhand_upstream_cooldown" and sample.labels["model"] == "m"]
    assert len(found) <= deployments
    return sum(found)


@STREAMS
@pytest.mark.parametrize("status", [429, 500, 401])
def test_one_that_fails_is_passed_over_and_comes_back(upstreams: Upstreams, gateways: Gateways, status: int, stream: bool) -> None:
    bad, good = upstreams(answers(status)), upstreams(answers(200))
    router = {"allowed_fails": 2, "cooldown_time": 1.0}
    gateway = gateways(model_list=[entry("m", bad, weight=9), entry("m", good)], router_settings=router)
    seen = [ask(gateway, stream=stream)[0] for _ in range(60)]
    assert seen.count(status) == len(bad.calls) == 3, "by default an answer is passed on, and the fourth goes elsewhere"
    assert cooldown(gateway) == 1
    bad.script = answers(200)
    deadline = time.monotonic() + 5
    while len(bad.calls) == 3 and time.monotonic() < deadline:
        assert ask(gateway, stream=stream)[0] == 200
        time.sleep(0.05)
    assert len(bad.calls) > 3
    assert cooldown(gateway) == 0


def test_one_that_breaks_off_its_replies_is_passed_over_too(upstreams: Upstreams, gateways: Gateways) -> None:
    async def breaks_off(call: Any) -> None:
        await call.send(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{", pause=0.01)
        call.writer.transport.abort()

    bad, good = upstreams(breaks_off), upstreams(answers(200))
    gateway = gateways(model_list=[entry("m", bad, weight=1), entry("m", good, weight=0)], router_settings={"allowed_fails": 0})
    gateway.ask(b'POST /v1/chat/completions HTTP/1.1\r\nHost: g\r\nContent-Length: 13\r\n\r\n{"model":"m"}')
    assert ask(gateway)[0] == 200
    assert (len(bad.calls), len(good.calls)) == (1, 1)


def test_one_that_asks_to_be_left_alone_is_at_once(upstreams: Upstreams, gateways: Gateways) -> None:
    busy, free = upstreams(answers(429, retry_after="30")), upstreams(answers(200))
    gateway = gateways(model_list=[entry("m", busy, weight=9), entry("m", free)], router_settings={"num_retries": 1})
    assert [ask(gateway)[0] for _ in range(20)] == [200] * 20
    assert len(busy.calls) == 1
    assert cooldown(gateway) == 1


def test_a_clients_own_key_puts_no_deployment_into_cooldown(upstreams: Upstreams, gateways: Gateways) -> None:
    a, b = upstreams(answers(429, retry_after="30")), upstreams(answers(200))
    through: dict[str, Any] = {"pass_through_auth": True, "api_key": None}
    gateway = gateways(
        model_list=[entry("m", a, weight=1, **through), entry("m", b, weight=0, **through)], router_settings={"allowed_fails": 0}
    )
    assert [ask(gateway)[0] for _ in range(5)] == [429] * 5
    assert len(a.calls) == 5


def test_when_all_are_in_cooldown_they_are_tried_all_the_same(upstreams: Upstreams, gateways: Gateways) -> None:
    a, b = upstreams(answers(500)), upstreams(answers(500))
    gateway = gateways(model_list=[entry("m", a), entry("m", b)], router_settings={"allowed_fails": 0, "cooldown_time": 60})
    assert [ask(gateway)[0] for _ in range(2)] == [500] * 2
    assert cooldown(gateway, 2) == 2
    a.script = b.script = answers(200)
    assert ask(gateway)[0] == 200


def test_a_lone_deployment_is_never_in_cooldown(upstreams: Upstreams, gateways: Gateways) -> None:
    gateway = gateways(model_list=[entry("m", upstreams(answers(500)))], router_settings={"allowed_fails": 0})
    assert [ask(gateway)[0] for _ in range(5)] == [500] * 5
    assert cooldown(gateway) == 0


def test_when_all_are_down_the_answer_is_502_in_openais_shape(gateways: Gateways) -> None:
    gateway = gateways(model_list=[entry("m", NOTHING_LISTENS), entry("m", NOTHING_LISTENS), entry("m", NOTHING_LISTENS)])
    for _ in range(5):
        status, headers, body = ask(gateway)
        assert (status, headers[b"x-evenhand-error-origin"]) == (502, b"gateway")
        assert orjson.loads(body)["error"]["code"] == "upstream_connect_failed"


def test_azures_paths_are_shared_too(upstreams: Upstreams, gateways: Gateways) -> None:
    a, b = upstreams(answers(200)), upstreams(answers(200))
    gateway = gateways(model_list=[entry("m", a), entry("m", b)])
    for _ in range(40):
        assert ask(gateway, path=b"/openai/deployments/m/chat/completions?api-version=1")[0] == 200
    assert a.calls
    assert b.calls
