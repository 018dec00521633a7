"""What scoring costs: replies a second of processor time, for each scorer and the default set in batches of 1, 8 and 32, and its memory.

`python -m bench.scorers [--weights FOLDER | --full-size FOLDER] [--seconds 1]`. With weights it also asks the scorer process, on a core of
its own where there are two, for what 200 pairs a minute need. `--full-size` makes weights of the size of bert-base there, random ones: they
cost what real ones cost and say nothing.
"""

import argparse
import asyncio
import itertools
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from monitors.scorers import AnyScorer, Means, PairScorer, Reply, build
from monitors.scoring.configured import Entry
from monitors.scoring.memory import resident_bytes
from monitors.scoring.remote import Patience, Remote
from monitors.scoring.wire import Address

BATCHES = (1, 8, 32)
ROUND = 96
DECISION = {"kind": "words", "favourable": ["hire", "invite"], "unfavourable": ["reject"]}
OUTCOMES: dict[str, dict[str, Any]] = {
    "refusal": {},
    "not_served": {},
    "length": {},
    "decision": DECISION,
    "language": {},
    "sentiment": {},
    "similarity": {},
    "toxicity": {},
}
DEFAULT = ("refusal", "not_served", "length")
SENTENCES = (
    "Thank you for the details about [name].",
    "I would invite [pronoun] for a second talk in May.",
    "The file shows six years in sales and two in training.",
    "There are gaps in the record that should be asked about.",
    "I can't say more without the references.",
    "On balance this is a good match for the team.",
    "Please keep in mind that the licence runs out soon.",
)


def replies(count: int) -> list[Reply]:
    """Replies of one to twelve sentences in no order of length, no two alike."""
    turn = itertools.cycle(SENTENCES)
    return [
        Reply(f"Case {number}. " + " ".join(next(turn) for _ in range(1 + number * 5 % 12)), prompt="Should we hire [name]?")
        for number in range(count)
    ]


def rate(score: Callable[[Sequence[Reply]], object], batch: int, seconds: float, stock: "itertools.count[int]") -> float:
    """Replies a second of this process's time on the processor, each reply seen once: what scorers remember does not count.

    At least 96 replies, the same lengths for every size of batch.
    """
    done, spent = 0, 0.0
    while spent < seconds or done < ROUND:
        mark = next(stock)
        made = [Reply(f"{reply.text} {mark}", prompt=reply.prompt) for reply in replies(ROUND)]
        begun = time.process_time()
        for first in range(0, ROUND, batch):
            score(made[first : first + batch])
        spent += time.process_time() - begun
        done += ROUND
    return done / spent


def scored_by(scorer: AnyScorer) -> Callable[[Sequence[Reply]], object]:
    """Its scoring of replies; one that compares gets each with itself, which counts as two."""
    if isinstance(scorer, PairScorer):
        return lambda batch: scorer.compare(list(zip(batch, batch, strict=True)))
    return scorer.score


def scored_by_all(scorers: Sequence[AnyScorer]) -> Callable[[Sequence[Reply]], object]:
    """Their scoring one after the other."""
    scores = [scored_by(scorer) for scorer in scorers]
    return lambda batch: [score(batch) for score in scores]


def table(weights: Path | None, seconds: float) -> list[str]:
    """Rows of replies a second at each batch, the ratio of the largest to single ones, and resident memory after it."""
    rows = [f"{'scorer':<12}" + "".join(f"{f'batch {batch}':>12}" for batch in BATCHES) + f"{'32 to 1':>10}{'memory MB':>12}"]
    stock = itertools.count()
    names = [name for name in OUTCOMES if name != "toxicity" or weights is not None]
    for name in (*names, "default set"):
        built = build({one: OUTCOMES[one] for one in (DEFAULT if name == "default set" else (name,))}, Means(weights))
        score = scored_by_all(list(built.values()))
        score(replies(1))
        rates = [rate(score, batch, seconds, stock) for batch in BATCHES]
        shown = "".join(f"{found:>12,.0f}" if found >= 100 else f"{found:>12,.1f}" for found in rates)
        rows.append(f"{name:<12}{shown}{rates[-1] / rates[0]:>10.2f}{resident_bytes() >> 20:>12,}")
    return rows


def process_rate(weights: Path, seconds: float) -> tuple[float, float, float]:
    """Of toxicity through a scorer process: pairs a minute by the clock, pairs a minute of its processor time, and its memory in MB.

    A pair is two masked replies, and one pair in twenty is scored unmasked too: 2.1 replies.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    address = Address(listener.getsockname()[1], secrets.token_hex(32))
    with tempfile.TemporaryDirectory() as folder:
        secret = Path(folder) / "scorer.json"
        secret.write_text(address.text(), encoding="utf-8")
        words = [sys.executable, "-m", "monitors.scoring.process", "--fd", str(listener.fileno()), "--secret-file", str(secret)]
        with subprocess.Popen([*words, "--weights", str(weights)], pass_fds=[listener.fileno()]) as process:
            try:
                done, clock, cpu = asyncio.run(_scored_in(address, weights, seconds, process.pid))
                return done / 2.1 / clock * 60, done / 2.1 / cpu * 60, _resident_of(process.pid) / 1e6
            finally:
                process.terminate()
                listener.close()


async def _scored_in(address: Address, weights: Path, seconds: float, pid: int) -> tuple[int, float, float]:
    """How many replies were scored, in how many seconds by the clock and of the process's time."""
    remote = Remote(lambda: address, Patience(600))
    entry = Entry("toxicity", {}, build({"toxicity": {}}, Means(weights))["toxicity"])
    stock = itertools.count()
    await remote.run(entry, replies(1))
    _own_core(pid)
    done, begun, cpu = 0, time.perf_counter(), _cpu_seconds_of(pid)
    while time.perf_counter() - begun < seconds:
        batch = [Reply(f"{reply.text} {next(stock)}") for reply in replies(32)]
        scored = await remote.run(entry, batch)
        if any(value.value is None for value in scored.values):
            raise RuntimeError(f"no values: {scored.problem or scored.values[0].reason}")
        done += len(batch)
    await remote.aclose()
    return done, time.perf_counter() - begun, _cpu_seconds_of(pid) - cpu


def _cpu_seconds_of(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return float("nan")


def _own_core(pid: int) -> None:
    """The last core for the process and the others for us, where there are two."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else []
    if len(cores) > 1:
        os.sched_setaffinity(pid, {cores[-1]})
        os.sched_setaffinity(0, set(cores[:-1]))


def _resident_of(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return float("nan")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser("python -m bench.scorers", description=__doc__)
    parser.add_argument("--weights", type=Path, metavar="FOLDER", help="data_dir/weights, with toxicity added")
    parser.add_argument("--full-size", type=Path, metavar="FOLDER", help="make random weights of bert-base's size there first")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each figure; default: 1")
    options = parser.parse_args()
    weights: Path | None = options.weights
    if options.full_size is not None:
        from bench.bert_base import make_weights

        weights = make_weights(options.full_size)
    print("\n".join(table(weights, options.seconds)))
    if weights is not None:
        clock, cpu, memory = process_rate(weights, max(10.0, options.seconds))
        print(f"scorer process: {clock:,.0f} pairs a minute by the clock, {cpu:,.0f} a minute of its processor time, {memory:,.0f} MB")


if __name__ == "__main__":
    main()
