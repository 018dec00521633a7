import random
import re
import socket
import string
from collections.abc import Callable
from pathlib import Path

from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families

import gateway
from gateway.errors import LABELS
from gateway.metrics import Metrics
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


def test_ten_thousand_names_paths_keys_and_headers_of_clients_leave_the_series_as_they_are(
    upstreams: Callable[..., Upstream], gateways: Callable[..., Gateway]
) -> None:
    gateway = gateways(upstreams())
    pick = random.Random(7)

    def word() -> bytes:
        return "".join(pick.choices(string.ascii_letters + string.digits, k=12)).encode()

    def ask(client: socket.socket, count: int) -> None:
        for number in range(count):
            path = (b"/v1/chat/completions", b"/v1/" + word(), b"/v1/models/" + word(), b"/" + word())[number % 4]
            model = b"m" if number % 8 == 0 else word()
            more = (b"Authorization: Bearer " + word(), b"X-" + word() + b": " + word(), b"User-Agent: " + word())
            client.sendall(post(b'{"model":"' + model + b'"}', path, *more, close=False))
            reply = b""
            while b"\r\n\r\n" not in reply:
                reply += client.recv(65536)
            head, _, rest = reply.partition(b"\r\n\r\n")
            left = int(re.search(rb"content-length: (\d+)", head.lower()).group(1)) - len(rest)  # type: ignore[union-attr]
            while left > 0:
                left -= len(client.recv(65536))

    with gateway.connect() as client:
        ask(client, 80)
        before = set(series(gateway.text()))
        ask(client, 10_000)
        after = set(series(gateway.text()))
    assert after == before
    assert gateway.count("evenhand_label_overflow_total", label="_series") == 0


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


def test_what_follows_from_the_configuration_exists_at_zero(upstreams: Callable[..., Upstream], gateways: Callable[..., Gateway]) -> None:
    gateway = gateways(upstreams())
    found = series(gateway.text())
    for model in ("m", "_other"):
        assert found["evenhand_errors_total", (("error", "gateway_internal"), ("model", model))] == 0
        assert found["evenhand_upstream_retries_total", (("model", model),)] == 0
        labels = (("code", "502"), ("endpoint", "chat_completions"), ("model", model), ("origin", "gateway"))
        assert found["evenhand_requests_total", labels] == 0
    assert [value for (name, _), value in found.items() if name == "evenhand_upstream_cooldown"] == [0]
    assert found["evenhand_label_overflow_total", (("label", "_series"),)] == 0


def test_every_error_that_the_gateway_can_make_is_of_the_closed_list() -> None:
    sources = "\n".join(file.read_text() for file in Path(gateway.__file__).parent.rglob("*.py") if file.name != "errors.py")
    told = set(re.findall(r'"((?:caller|policy|upstream|gateway)_[a-z0-9_]+)"', sources))
    phases = {f"upstream_{phase}" for phase in re.findall(r'upstream_failed\("(\w+)"', sources)}
    phases |= {f"upstream_{phase}_timeout" for phase in re.findall(r'upstream_timeout\("(\w+)"', sources)}
    assert phases <= set(LABELS)
    assert {label for label in told if label.startswith(("caller_", "policy_"))} - {"policy_attachments"} <= set(LABELS)


def test_exemplars_name_the_exchange_where_the_form_has_them(upstreams: Callable[..., Upstream], gateways: Callable[..., Gateway]) -> None:
    gateway = gateways(upstreams())
    exchange = split(gateway.ask(post(b'{"model":"m"}')))[1][b"x-evenhand-exchange-id"].decode()
    gateway.count("evenhand_in_flight_requests")  # flushes
    asked = GET.replace(b"Host: g", b"Host: g\r\nAccept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5")
    status, headers, text = split(gateway.ask(asked))
    assert (status, headers[b"content-type"]) == (200, b"application/openmetrics-text; version=1.0.0; charset=utf-8")
    families = {family.name: family for family in openmetrics(text.decode())}
    named = [sample.exemplar.labels for sample in families["evenhand_request_duration_seconds"].samples if sample.exemplar]
    assert named == [{"exchange_id": exchange}]
    assert b"exchange_id" not in gateway.text()
