import asyncio
import random
import string
from collections.abc import Callable

from prometheus_client.parser import text_string_to_metric_families

from gateway.metrics import Exposition, Metrics
from gateway.queue import Depth
from tests.gateway.conftest import Gateway, Upstream, post, split

GET = b"GET /metrics HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n"


def series(text: bytes) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def test_requests_are_counted_by_who_answered(upstreams: Callable[..., Upstream], gateways: Callable[..., Gateway]) -> None:
    gateway = gateways(upstreams())
    gateway.ask(post(b'{"model":"m"}'))
    gateway.ask(post(b'{"model":"unknown"}'))
    found = series(split(gateway.ask(GET))[2])
    key = ("evenhand_requests_total", (("code", "200"), ("endpoint", "chat_completions"), ("model", "m"), ("origin", "upstream")))
    assert found[key] == 1
    key = ("evenhand_requests_total", (("code", "404"), ("endpoint", "chat_completions"), ("model", "_other"), ("origin", "gateway")))
    assert found[key] == 1
    assert found[("evenhand_exchanges_seen_total", (("model", "m"),))] == 1
    assert found[("evenhand_exchanges_total", (("fate", "ineligible"), ("model", "m"), ("route", "_none")))] == 1
    assert found[("evenhand_request_duration_seconds_count", (("model", "m"),))] == 1
    assert not any(name.endswith("_created") for name, _ in found)


def test_no_text_of_a_client_becomes_a_label(upstreams: Callable[..., Upstream], gateways: Callable[..., Gateway]) -> None:
    gateway = gateways(upstreams())
    pick = random.Random(7)
    for _ in range(60):
        word = "".join(pick.choices(string.ascii_letters, k=12)).encode()
        gateway.ask(post(b'{"model":"' + word + b'"}', b"/v1/" + word, b"Authorization: Bearer " + word))
    text = split(gateway.ask(GET))[2]
    labels = {value for _, pairs in series(text) for name, value in pairs if name in ("model", "endpoint")}
    assert labels == {"_other"}


def test_the_queues_depth_is_shown() -> None:
    metrics = Metrics(config_hash="abc", version="0")
    metrics.watch_queue(lambda: Depth(3, 400, 5_000, 0), lambda: 9_500)
    found = series(metrics.text())
    assert (found["evenhand_queue_length", ()], found["evenhand_queue_bytes", ()], found["evenhand_queue_oldest_seconds", ()]) == (
        3,
        400,
        4.5,
    )
    assert found["evenhand_config_info", (("hash", "abc"),)] == 1


async def _texts(exposition: Exposition, count: int) -> list[bytes]:
    return [await exposition.text() for _ in range(count)]


def test_the_text_is_made_at_most_once_a_second() -> None:
    now = [0.0]
    metrics = Metrics(config_hash="abc", version="0")
    exposition = Exposition(metrics, lambda: now[0])
    with asyncio.Runner() as runner:
        first = runner.run(_texts(exposition, 1))[0]
        metrics.retried("m")
        metrics.retried("m")
        assert runner.run(_texts(exposition, 1))[0] == first
        now[0] = 1.5
        assert b'evenhand_upstream_retries_total{model="m"} 2.0' in runner.run(_texts(exposition, 1))[0]
