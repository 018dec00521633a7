"""What forwarding feels of Prometheus: a scrape of the gateway's /metrics every 100 ms against none.

    python -m bench.scrape [--every 0.1] [--series 2000] [--rate 100] [--secs 20] [--rounds 10]

The largest families get `--series` of them: as many models as a configuration may name, and for each as many endpoints and codes as that
takes. Latency at a fixed rate, in one run with slots in turn; "none" runs twice, and the second row is the noise of the machine.
Exit code 1 where a request or a scrape failed, or where p99 is beyond `--max-ratio` times the noise.
"""

import argparse
import asyncio
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import islice, product
from pathlib import Path
from typing import Self

import orjson
import uvloop

from bench.load import connect, post
from bench.rounds import Arm, Load, interleave, noise, table
from bench.served import Tree, tree
from bench.upstream import model
from gateway.settings.checks import MAX_MODELS

ENDPOINTS = (
    *("chat/completions", "completions", "embeddings", "moderations", "responses", "images/generations", "audio/speech", "messages"),
    *("models", "files", "batches", "uploads"),
)
CODES = (200, 400, 401, 404, 409, 413, 422, 451)  # none of them makes the gateway try again
MODELS = [f"model-{number}" for number in range(MAX_MODELS)]
GET = b"GET /metrics HTTP/1.1\r\nhost: bench\r\n\r\n"


class Scraper:
    """Scrapes a tree while a slot lasts, from a process of its own: what it does with the text is none of the load generator's time."""

    def __init__(self, running: Tree, every_seconds: float) -> None:
        words = [sys.executable, "-m", "bench.scraper", str(running.port), str(every_seconds)]
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self._process.stdout.readline()  # the first text of all takes longer, once in the life of a gateway
        self._process.send_signal(signal.SIGSTOP)
        self.seconds: list[float] = []
        self.failed = 0

    @asynccontextmanager
    async def during(self) -> AsyncIterator[None]:
        self._process.send_signal(signal.SIGCONT)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGSTOP)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.failed += self._process.poll() is not None  # it ends by itself only where a scrape failed
        self._process.terminate()
        self._process.send_signal(signal.SIGCONT)
        told, _rest = self._process.communicate(timeout=10)
        self.seconds = sorted(map(float, told.split()))


def every_series(count: int) -> Iterator[bytes]:
    """One request for each combination of endpoint, code and model, of so many combinations."""
    for endpoint, code, name in islice(product(ENDPOINTS, CODES, MODELS), count):
        yield post(orjson.dumps({"model": name, "input": "x"}), f"x-bench-status: {code}", path=f"/v1/{endpoint}")


async def fill(port: int, count: int) -> None:
    """Bring the series about."""
    client = await connect(port)
    for raw in every_series(count):
        await client.ask(raw)
    client.close()


async def largest(port: int) -> str:
    """How large the exposition is, in words."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(GET.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))
    text = (await reader.read()).decode().partition("\r\n\r\n")[2]
    writer.close()
    families = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    sizes = Counter(_family(line, families) for line in text.splitlines() if line and not line.startswith("#"))
    largest_first = ", ".join(f"{name.removeprefix('evenhand_')} {count}" for name, count in sizes.most_common(4))
    return f"{sizes.total()} series, {len(text) / 1e6:.1f} MB; the largest families: {largest_first}"


def _family(line: str, families: list[str]) -> str:
    name = line.partition("{")[0].partition(" ")[0]
    return name if name in families else name.removesuffix("_bucket").removesuffix("_count").removesuffix("_sum")


def main(words: list[str] | None = None) -> int:
    """Measure; the exit code."""
    parser = argparse.ArgumentParser("python -m bench.scrape", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=float, default=0.1, help="seconds between two scrapes")
    parser.add_argument("--series", type=int, default=2000, help="series of the largest families")
    parser.add_argument("--rate", type=float, default=100, help="requests a second")
    parser.add_argument("--secs", type=float, default=20, help="seconds for each row")
    parser.add_argument("--rounds", type=int, default=10, help="slots over which they are spread")
    parser.add_argument("--max-ratio", type=float, default=1.05, help="exit 1 where p99 is beyond so many times the noise (default 1.05)")
    arguments = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="evenhand-bench-") as folder, model() as upstream:
        deployments = [{"model_name": name, "litellm_params": {"model": f"openai/{name}", "api_base": f"{upstream}/v1"}} for name in MODELS]
        with tree({"model_list": deployments}, Path(folder), "--drain-seconds", "2") as running:
            uvloop.run(fill(running.port, arguments.series))
            print(uvloop.run(largest(running.port)))
            raws = [post(orjson.dumps({"model": name, "messages": [{"role": "user", "content": "Hello."}]})) for name in MODELS]
            with Scraper(running, arguments.every) as scraper:
                arms = [Arm("none", running.port), Arm("none, again", running.port), Arm("scraped", running.port, scraper.during)]
                uvloop.run(interleave(arms, Load(arguments.rate, arguments.secs, arguments.rounds), raws))
    median = scraper.seconds[len(scraper.seconds) // 2] * 1000
    print(table(arms, ["", "the noise", f"{len(scraper.seconds)} scrapes, median {median:.0f} ms"]))
    failed = sum(arm.failed for arm in arms) + scraper.failed
    ratio, most = arms[2].ratio(arms[0], 0.99), arguments.max_ratio * noise(arms)
    print(f"{failed} failed; p99 {ratio:.2f} times that without scrapes, at most {most:.2f}: {arguments.max_ratio:g} times the noise")
    return 1 if failed or ratio > most else 0


if __name__ == "__main__":
    sys.exit(main())
