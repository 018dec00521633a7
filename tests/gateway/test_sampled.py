"""What passes the gateway and what the monitor finds in the queue, accounted for to the last exchange."""

import time
from collections.abc import Callable
from typing import Any

import orjson

from gateway.exchange import Exchange, from_bytes
from gateway.queue import open_queue
from tests.gateway.conftest import Call, Gateway, Upstream, post, split

BODY = b'{"model":"m","messages":[{"role":"user","content":"hi"}]}'
MONITOR = {"sample_rate": 1.0, "routes": [{"name": "all"}]}
Gateways = Callable[..., Gateway]
Upstreams = Callable[..., Upstream]


def queued(gateway: Gateway, count: int) -> list[Exchange]:
    queue = open_queue(None, gateway.data_dir, max_items=100, max_bytes=1 << 20)
    try:
        deadline = time.monotonic() + 10
        while queue.depth().items < count and time.monotonic() < deadline:
            time.sleep(0.05)
        return [from_bytes(item.payload) for item in queue.claim(100, 60)]
    finally:
        queue.close()


def test_a_sampled_exchange_reaches_the_queue_under_the_id_that_the_client_got(upstreams: Upstreams, gateways: Gateways) -> None:
    gateway = gateways(upstreams(), monitor=MONITOR)
    _, headers, _ = split(gateway.ask(post(BODY, b"/v1/chat/completions", b"Authorization: Bearer sk-client")))
    [exchange] = queued(gateway, 1)
    assert exchange.id == headers[b"x-evenhand-exchange-id"].decode()
    assert (exchange.model, exchange.deployment[:2], exchange.route, exchange.status) == ("m", "m@", "all", 200)
    assert exchange.request == orjson.loads(BODY)
    assert exchange.response == '{"ok":true}'
    assert not exchange.truncated
    assert "sk-client" not in repr(exchange)


def test_a_client_that_leaves_early_still_leaves_a_truncated_exchange(upstreams: Upstreams, gateways: Gateways) -> None:
    async def stuck(call: Call) -> None:
        await call.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n")
        await call.reader.read(1)

    gateway = gateways(upstreams(stuck), monitor=MONITOR)
    with gateway.connect() as client:
        client.sendall(post(BODY))
        received = b""
        while b"abc" not in received:
            received += client.recv(1024)
    [exchange] = queued(gateway, 1)
    assert (exchange.truncated, exchange.response) == (True, "abc")


def test_every_exchange_has_exactly_one_fate(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams()
    params: dict[str, Any] = {"model": "openai/m", "api_base": upstream.base}
    models = [
        {"model_name": "m", "litellm_params": params},
        {"model_name": "theirs", "litellm_params": params | {"pass_through_auth": True}},
    ]
    gateway = gateways(model_list=models, monitor=MONITOR)
    gateway.ask(post(BODY))
    gateway.ask(post(BODY, b"/v1/chat/completions", b"X-Evenhand-Sample: never"))
    gateway.ask(post(BODY, b"/v1/chat/completions", b"X-Stainless-Retry-Count: 1"))
    gateway.ask(post(BODY.replace(b'"m"', b'"theirs"')))
    gateway.ask(post(BODY, b"/v1/embeddings"))
    gateway.ask(post(BODY.replace(b'"m"', b'"unknown"')))
    assert len(queued(gateway, 1)) == 1
    assert gateway.count("evenhand_exchanges_seen_total", model="m") == 3
    assert gateway.count("evenhand_exchanges_total", model="m", route="all", fate="not_sampled") == 2
    assert gateway.count("evenhand_exchanges_seen_total", model="theirs") == 1
    assert gateway.count("evenhand_exchanges_total", model="theirs", route="all", fate="ineligible") == 1
    assert all(b"x-evenhand" not in call.head.lower() for call in upstream.calls)


def test_a_full_queue_costs_samples_and_never_requests(upstreams: Upstreams, gateways: Gateways) -> None:
    gateway = gateways(upstreams(), monitor=MONITOR | {"queue": {"max_items": 1}})
    for _ in range(20):
        assert split(gateway.ask(post(BODY)))[0] == 200
    deadline = time.monotonic() + 10
    while gateway.count("evenhand_exchanges_total", model="m", route="all", fate="shed") < 19 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert gateway.count("evenhand_exchanges_total", model="m", route="all", fate="shed") == 19
    assert split(gateway.ask(b"GET /readyz HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n"))[0] == 200


def test_a_failed_exchange_is_accounted_for_too(gateways: Gateways, free_port: int) -> None:
    params = {"model": "openai/m", "api_base": f"http://127.0.0.1:{free_port}/v1"}
    gateway = gateways(model_list=[{"model_name": "m", "litellm_params": params}], monitor=MONITOR)
    assert split(gateway.ask(post(BODY)))[0] == 502
    found = queued(gateway, 1)
    fated = sum(gateway.count("evenhand_exchanges_total", model="m", route="all", fate=fate) for fate in ("shed", "ineligible"))
    assert len(found) + fated == 1
