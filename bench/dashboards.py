"""The shipped dashboards as they look after real traffic, drawn without a Grafana server.

    python -m bench.dashboards --harness FOLDER --out FOLDER [--secs 60] [--only overview parity]

The demo's models, the product, Prometheus and Alertmanager run on this machine; traffic comes from the openai client, and some of it fails.
Then Grafana's own panels draw each dashboard into OUT. Exit code 1 where a query failed or gave nothing, or a panel could not be drawn.
The drawing tool is installed once into the user's cache folder.
"""

import argparse
import asyncio
import hashlib
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import httpx
import openai

from evenhand import resources
from evenhand.demo import chain
from evenhand.demo.children import Children
from evenhand.demo.material import load
from evenhand.demo.prompts import stream
from evenhand.demo.stage import Stage, build
from evenhand.demo.traffic import IN_FLIGHT, Gate, Sender
from evenhand.demo.webhook import Webhook

SEED = 5
ROW_PIXELS, FRAME_PIXELS = 38, 90
READ_SECONDS = 0.5
START_SECONDS = 15  # from the last request to the first picture, at most
SCRAPE = 5  # four such steps are what rates are taken over
NEEDED = ("npm", "chromium")


def missing() -> list[str]:
    """The programs that are not installed here."""
    return [*chain.missing(), *(program for program in NEEDED if shutil.which(program) is None)]


def main(words: list[str] | None = None) -> int:
    """Draw; 0 only when every panel of every dashboard has data."""
    parser = argparse.ArgumentParser(
        "python -m bench.dashboards", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--harness", type=Path, required=True, help="the folder that holds tools/dashboard_render")
    parser.add_argument("--out", type=Path, required=True, help="where the pictures go")
    parser.add_argument("--secs", type=float, default=60, help="seconds of traffic (default 60)")
    parser.add_argument("--only", nargs="*", help="which dashboards (default: all)")
    parser.add_argument("--width", type=int, default=1600, help="width of a picture in pixels (default 1600)")
    arguments = parser.parse_args(words)
    tool = installed(arguments.harness.resolve() / "tools" / "dashboard_render")
    arguments.out.mkdir(parents=True, exist_ok=True)
    files = [file for file in sorted(resources.path("grafana/dashboards").glob("*.json")) if file.stem in (arguments.only or file.stem)]
    with (
        tempfile.TemporaryDirectory(prefix="evenhand-dashboards-") as folder,
        Webhook(lambda page: None) as webhook,
        Children(Path(folder)) as children,
    ):
        stage = build(children, Path(folder), webhook, None, SEED)
        asyncio.run(traffic(stage, arguments.secs))
        children.check()
        minutes = math.ceil((arguments.secs + START_SECONDS) / 60)
        return max(draw(tool, file, stage, arguments.out / f"{file.stem}.png", minutes, arguments.width) for file in files)


async def traffic(stage: Stage, seconds: float) -> None:
    """Requests to both models for a time, and now and then one that fails."""
    gate = Gate()
    async with (
        httpx.AsyncClient(timeout=10.0) as http,
        openai.AsyncOpenAI(base_url=stage.gateway_url, api_key="bench", timeout=60.0, max_retries=0) as client,
        asyncio.TaskGroup() as group,
    ):
        senders = [Sender(name, stream(load("prompts"), load("people"), SEED), client, gate, IN_FLIGHT) for name in stage.models]
        for sender in senders:
            group.create_task(sender.run())
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end:
            await asyncio.sleep(READ_SECONDS)
            gate.update(await _waiting(stage, http))
            with suppress(openai.APIStatusError):
                await client.chat.completions.create(model="no-such-model", messages=[{"role": "user", "content": "Hello."}])
        for sender in senders:
            sender.done = True
        gate.update(0)


async def _waiting(stage: Stage, http: httpx.AsyncClient) -> int:
    lines = (await http.get(f"{stage.console_url}/metrics")).text.splitlines()
    return next(int(float(line.split()[1])) for line in lines if line.startswith("evenhand_queue_length "))


def draw(tool: Path, file: Path, stage: Stage, out: Path, minutes: int, width: int) -> int:
    """One dashboard into a PNG; the tool's exit code, 1 where it met a problem, which it prints."""
    assert stage.chain is not None
    panels = json.loads(file.read_text())["panels"]
    height = FRAME_PIXELS + ROW_PIXELS * max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels)
    command = [sys.executable, str(tool / "shot.py"), "--dashboard", str(file), "--prom", stage.chain.prometheus_url, "--out", str(out)]
    command += ["--minutes", str(minutes), "--height", str(height), "--width", str(width), "--scrape", str(SCRAPE)]
    print(f"{file.stem}: {out}", flush=True)
    return subprocess.run(command, check=False).returncode


def installed(source: Path) -> Path:
    """A copy of the drawing tool with Grafana's components, made when there is none of this version."""
    files = sorted(file for file in source.iterdir() if file.is_file())
    version = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "evenhand" / f"dashboards-{version}"
    if (folder / "ready").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)  # what an interrupted installation left
    folder.mkdir(parents=True)
    for file in files:
        shutil.copy(file, folder)
    subprocess.run(["npm", "install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True)
    subprocess.run(["sh", "build.sh"], cwd=folder, check=True)
    (folder / "ready").touch()
    return folder


if __name__ == "__main__":
    sys.exit(main())
