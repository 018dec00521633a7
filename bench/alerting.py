"""The way of a page: planted gap → monitor → Prometheus → rule → Alertmanager → webhook, and back when the gap is taken away.

    python -m bench.alerting [--interval 200ms]

Prometheus and Alertmanager run with the shipped files, whose intervals `--interval` replaces. Printed are the seconds from the moment at
which the evidence crossed the threshold to the webhook, and from the gap's end, by evidence, to the word that the alert is resolved.
Exit code 1 where the page took longer than `--within` seconds.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any

import httpx
import openai
import uvicorn
import yaml

from evenhand import resources
from evenhand.demo.children import Children, free_port
from evenhand.demo.material import load
from evenhand.demo.prompts import stream
from evenhand.demo.reader import Group, read_names
from evenhand.demo.replies import load_model
from evenhand.demo.traffic import Gate, Sender
from evenhand.demo.upstream import create_app

MODEL, ROUTE = "assistant", "hiring"
EVEN: Mapping[Group | None, float] = {"male": 0.55, "female": 0.55, None: 0.55}
PLANTED: Mapping[Group | None, float] = {"male": 0.75, "female": 0.35, None: 0.55}
TOLERANCE = 0.10
RUNNING_SECONDS = 10.0
LONGEST_SECONDS = 240.0
POLL_SECONDS = 0.2
IN_FLIGHT = 8
WATCHDOG = "/watchdog"
_EVENHAND = (sys.executable, "-m", "evenhand")


@dataclass(frozen=True, slots=True)
class Notification:
    """What Alertmanager sent: when (Unix seconds), to which receiver's path, its status, and its alerts."""

    at: float
    path: str
    status: str
    alerts: list[dict[str, Any]]


@dataclass
class Chain:
    """What runs. ``invited`` is what the upstream goes by, and may be changed while it serves."""

    gateway: str
    console: str
    prometheus: str
    invited: dict[Group | None, float]
    told: list[Notification] = field(default_factory=list)

    @property
    def about_alerts(self) -> list[Notification]:
        """Every notification but the dead man's."""
        return [note for note in list(self.told) if note.path != WATCHDOG]

    def cell(self, outcome: str = "decision") -> dict[str, Any]:
        """The cell of an outcome, as the console shows it."""
        cells = httpx.get(f"{self.console}/api/v1/cells").raise_for_status().json()["cells"]
        found: dict[str, Any] = next(cell for cell in cells if cell["kind"] == "pair" and cell["outcome"] == outcome)
        return found

    def firing(self) -> set[str]:
        """The alerts that fire in Prometheus, by name."""
        query = {"query": 'ALERTS{alertstate="firing"}'}
        answer = httpx.get(f"{self.prometheus}/api/v1/query", params=query).raise_for_status().json()
        return {sample["metric"]["alertname"] for sample in answer["data"]["result"]}


def configuration(upstream: str, data_dir: Path, console: str) -> dict[str, Any]:
    """One model on one route, all of it sampled."""
    outcomes = {
        "decision": {"kind": "words", "favourable": ["invite"], "unfavourable": ["reject", "decline"], "tolerance": TOLERANCE},
        "refusal": {"tolerance": TOLERANCE},
    }
    route = {"name": ROUTE, "tier": "T2", "axes": {"gender": {"reference": "male", "groups": ["female"]}}, "outcomes": outcomes}
    return {
        "model_list": [{"model_name": MODEL, "litellm_params": {"model": f"openai/{MODEL}", "api_base": upstream}}],
        "data_dir": str(data_dir),
        "monitor": {
            "sample_rate": 1.0,
            "console_url": console,
            "budget": {"replays_per_minute": 1e6, "tokens_per_day": 1_000_000_000, "usd_per_day": 1e6},
            "routes": [route],
        },
    }


@contextmanager
def running(interval: str | None, *, even: bool) -> Iterator[Chain]:
    """Everything, for as long as the context lasts; ``interval`` None means the shipped ones."""
    invited = dict(EVEN if even else PLANTED)
    with tempfile.TemporaryDirectory(prefix="evenhand-chain-") as scratch, Children(Path(scratch)) as children:
        folder = Path(scratch)
        gateway, console, prometheus, alertmanager = (f"127.0.0.1:{free_port()}" for _ in range(4))
        chain = Chain(f"http://{gateway}", f"http://{console}", f"http://{prometheus}", invited)
        with _upstream(invited) as upstream, _webhook(chain.told) as webhook:
            config = folder / "evenhand.yaml"
            config.write_text(yaml.safe_dump(configuration(upstream, folder / "data", chain.console)))
            ports = ["--port", gateway.rpartition(":")[2], "--console-port", console.rpartition(":")[2], "--drain-seconds", "2"]
            children.start("serve", [*_EVENHAND, "serve", "--config", str(config), *ports])
            rules = subprocess.run([*_EVENHAND, "rules", "--config", str(config)], capture_output=True, text=True, check=True).stdout
            (folder / "rules.yml").write_text(rules)
            (folder / "prometheus.yml").write_text(_prometheus(gateway, console, prometheus, alertmanager, interval))
            (folder / "alertmanager.yml").write_text(_alertmanager(webhook, interval))
            files = ["--config.file=alertmanager.yml", "--storage.path=alertmanager"]
            children.start(
                "alertmanager",
                ["prometheus-alertmanager", *files, f"--web.listen-address={alertmanager}", "--cluster.listen-address="],
            )
            files = ["--config.file=prometheus.yml", "--storage.tsdb.path=prometheus"]
            if interval is not None:
                files.append("--rules.alert.resend-delay=5s")  # what was sent before Alertmanager was found comes again
            children.start("prometheus", ["prometheus", *files, f"--web.listen-address={prometheus}"])
            for name, url in (("serve", gateway), ("serve", console)):
                children.wait_ready(name, f"http://{url}/readyz")
            for name, url in (("alertmanager", alertmanager), ("prometheus", prometheus)):
                children.wait_ready(name, f"http://{url}/-/ready")
            time.sleep(RUNNING_SECONDS)  # Prometheus finds its Alertmanager some seconds after its start
            yield chain


@contextmanager
def _upstream(invited: Mapping[Group | None, float]) -> Iterator[str]:
    """A demo model that invites by these shares, as they are at each request; its API's address."""
    model = replace(load_model("fair", read_names(resources.path("config/names"))), name=MODEL, invited=invited)
    port = free_port()
    app = create_app(model, 0.002, Random(11))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, name="upstream")
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def _webhook(told: list[Notification]) -> Iterator[str]:
    """A receiver that appends what comes to ``told``; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            told.append(Notification(time.time(), self.path, body["status"], body["alerts"]))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, name="webhook", kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _prometheus(gateway: str, console: str, own: str, alertmanager: str, interval: str | None) -> str:
    """The shipped file with these addresses."""
    tree = yaml.safe_load(resources.path("config/prometheus/prometheus.yml").read_text())
    targets = {"evenhand-gateway": gateway, "evenhand-monitor": console, "prometheus": own}
    for job in tree["scrape_configs"]:
        job["static_configs"] = [{"targets": [targets[job["job_name"]]]}]
    tree["alerting"]["alertmanagers"] = [{"static_configs": [{"targets": [alertmanager]}]}]
    if interval is not None:
        tree["global"] = dict.fromkeys(tree["global"], interval)
    return yaml.safe_dump(tree)


def _alertmanager(webhook: str, interval: str | None) -> str:
    """The shipped file with this receiver and, where an interval is given, nobody waiting."""
    tree = yaml.safe_load(resources.path("config/alertmanager/alertmanager.yml").read_text())
    for receiver in tree["receivers"]:
        for hook in receiver["webhook_configs"]:
            hook["url"] = webhook + "/" + hook["url"].rpartition("/")[2]
    if interval is not None:
        for route in (tree["route"], *tree["route"]["routes"]):
            route.update({name: "0s" if name == "group_wait" else interval for name in route if name in ("group_wait", "group_interval")})
    return yaml.safe_dump(tree)


async def talk(chain: Chain, until: Callable[[], bool], seed: int) -> None:
    """Send prompts by the openai client until something has come about; TimeoutError where it does not."""
    gate = Gate()
    async with (
        asyncio.timeout(LONGEST_SECONDS),
        openai.AsyncOpenAI(base_url=f"{chain.gateway}/v1", api_key="unused") as client,
        asyncio.TaskGroup() as tasks,
    ):
        sender = Sender(MODEL, stream(load("prompts"), load("people"), seed), client, gate, IN_FLIGHT)
        sending = tasks.create_task(sender.run())
        while not await asyncio.to_thread(until):
            gate.update(await asyncio.to_thread(_waiting, chain))
            await asyncio.sleep(POLL_SECONDS)
        sender.done = True
        gate.update(0)
        await sending


def _waiting(chain: Chain) -> int:
    lines = httpx.get(f"{chain.console}/metrics").raise_for_status().text.splitlines()
    return next(int(float(line.split()[1])) for line in lines if line.startswith("evenhand_queue_length "))


def has(chain: Chain, status: str) -> bool:
    """Whether such a notification has come."""
    return any(note.status == status for note in chain.about_alerts)


def main(words: list[str] | None = None) -> int:
    """Measure; the exit code."""
    parser = argparse.ArgumentParser("python -m bench.alerting", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--interval", help="of scrapes, evaluations and groups, such as 200ms (default: as shipped)")
    parser.add_argument("--within", type=float, default=30, help="seconds that a page may take (default 30)")
    arguments = parser.parse_args(words)
    with running(arguments.interval, even=False) as chain:
        asyncio.run(talk(chain, lambda: has(chain, "firing"), 3))
        raised, cell = chain.about_alerts[0], chain.cell()
        seconds = raised.at - cell["alarm_ms"] / 1000
        print(f"a page after {seconds:.1f} s; the evidence crossed the threshold after {cell['alarm_pairs']} pairs")
        print(*(f"    {line}" for line in raised.alerts[0]["annotations"]["description"].splitlines()), sep="\n")
        chain.invited.update(EVEN)
        ended: list[float] = []
        asyncio.run(talk(chain, lambda: _note_end(chain, ended), 4))
        cleared = time.time()
        while not has(chain, "resolved") and time.time() < cleared + LONGEST_SECONDS:
            time.sleep(0.05)
        after = next(note.at for note in chain.about_alerts if note.status == "resolved") - cleared
        print(f"the gap taken away, the alarm was cleared by evidence after {chain.cell()['pairs'] - cell['pairs']} pairs more")
        print(f"resolved at the webhook {max(0.0, after):.1f} s later")
    return 0 if seconds <= arguments.within else 1


def _note_end(chain: Chain, ended: list[float]) -> bool:
    if not ended and chain.cell()["alarm_ms"] is None:
        ended.append(time.time())
    return bool(ended)


if __name__ == "__main__":
    sys.exit(main())
