"""Both endpoints of a running product with four workers, under load: valid, complete, and adding up to what was sent."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from evenhand.demo.children import Children
from evenhand.demo.prompts import Prompt
from gateway.settings import load
from monitors.alerts import groups, prometheus_file
from tests.integration.conftest import Served, ask, prompts, settings, until
from tests.monitors.metrics.test_public_names import names_in, used_in_dashboards

pytestmark = pytest.mark.integration
WORKERS = 4
QUEUE = "evenhand_queue_length"
ONE_SCRAPE_SECONDS = 4.0  # workers hand over what they counted once a second, and a text is kept for a second


@pytest.fixture
def served(tmp_path: Path, children: Children, model: Callable[..., str]) -> Served:
    config = settings({"fair": model("fair", 1)}, tmp_path / "data")
    return Served(children, tmp_path, config, "--workers", str(WORKERS))


def send(served: Served, chosen: list[Prompt]) -> int:
    """Send each prompt on a connection of its own, so that every worker gets some; how many were answered."""

    def one(prompt: Prompt) -> bool:
        with httpx.Client(timeout=30) as client:
            return ask(client, served.gateway, "fair", prompt).is_success

    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(one, chosen))


@contextmanager
def under_load(served: Served, chosen: list[Prompt]) -> Iterator[None]:
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(send, served, chosen)
        yield
        assert sending.result(60) == len(chosen)


def balance(served: Served) -> tuple[float, float]:
    """Exchanges seen, and those with a fate or in the queue, in one scrape of both endpoints."""
    return served.metric("evenhand_exchanges_seen_total"), sum(served.fates().values()) + served.metric(QUEUE, "console")


def settled(served: Served) -> bool:
    seen, accounted = balance(served)
    return seen == accounted and served.metric(QUEUE, "console") == 0


def test_counters_of_four_workers_add_up_also_when_one_was_killed(served: Served) -> None:
    sent = send(served, prompts(60, 3))
    until(lambda: served.metric("evenhand_requests_total", model="fair") == sent)
    until(lambda: sum(served.fates().values()) == sent, 60)  # what a killed worker holds in memory is lost
    os.kill(served.child("gateway-2") or 0, signal.SIGKILL)
    until(lambda: served.restarts("gateway-2") == 1 and served.child("gateway-2") is not None)
    sent += send(served, prompts(60, 4))
    until(lambda: served.metric("evenhand_requests_total", model="fair") == sent)
    for name in ("evenhand_request_duration_seconds_count", "evenhand_exchanges_seen_total"):  # another worker may answer
        until(lambda name=name: served.metric(name, model="fair") == sent)  # type: ignore[misc]
    until(lambda: settled(served) and sum(served.fates().values()) == sent, 60)  # a worker's text may be a second old


def test_every_exchange_has_one_fate_or_is_in_the_queue(served: Served) -> None:
    chosen, readings = prompts(400, 5), []
    with under_load(served, chosen):
        end = time.monotonic() + 2 * ONE_SCRAPE_SECONDS
        while time.monotonic() < end:
            readings.append((time.monotonic(), *balance(served)))
            time.sleep(0.2)
    for at, seen, accounted in readings:
        for later, seen_later, accounted_later in readings:
            if later - at >= ONE_SCRAPE_SECONDS:
                assert seen <= accounted_later, "what was seen is accounted for a scrape later"
                assert accounted <= seen_later, "and nothing is that was not seen"
    until(lambda: settled(served), 60)
    assert sum(served.fates().values()) == len(chosen)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (Debian's package prometheus has it)")
def test_promtool_finds_nothing_to_say_about_both_endpoints_under_load(served: Served) -> None:
    with under_load(served, prompts(150, 6)):
        for address in (served.gateway, served.console):
            text = httpx.get(f"{address}/metrics").content
            done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False, timeout=30)
            assert (done.returncode, done.stdout, done.stderr) == (0, b"", b""), address


def test_whatever_rules_and_dashboards_name_is_served(served: Served) -> None:
    send(served, prompts(30, 7))
    until(lambda: served.metric("evenhand_pairs_total", "console") > 0, 60)
    texts = [httpx.get(f"{address}/metrics").text for address in (served.gateway, served.console)]
    exported = {line.split()[2] for text in texts for line in text.splitlines() if line.startswith("# TYPE ")}
    rules = prometheus_file(groups(load(served.config, os.environ).settings), "https://runbooks.example")
    named = {name for name in names_in(rules) | used_in_dashboards() if ":" not in name}
    assert named <= exported
    assert len(named) > 40


def test_both_endpoints_speak_openmetrics_and_the_monitors_lag_names_exchanges(served: Served) -> None:
    send(served, prompts(30, 8))
    until(lambda: served.metric("evenhand_shadow_lag_seconds_count", "console") > 0, 60)
    accept = {"accept": "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5"}
    assert served.metric("evenhand_shadow_lag_seconds_count") == 0, "what the monitor measures is not among the workers' counters"
    exemplars = []
    for address in (served.gateway, served.console):
        answer = httpx.get(f"{address}/metrics", headers=accept)
        assert answer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
        samples = [sample for family in text_string_to_metric_families(answer.text) for sample in family.samples]
        assert not [sample.name for sample in samples if sample.name.endswith("_created")]
        exemplars += [(sample.name, sample.exemplar.labels) for sample in samples if sample.exemplar]
    assert exemplars
    for name, labels in exemplars:
        assert name == "evenhand_shadow_lag_seconds_bucket", "the gateway's workers are several"
        assert set(labels) == {"exchange_id"}
        assert labels["exchange_id"].startswith("ex_")
