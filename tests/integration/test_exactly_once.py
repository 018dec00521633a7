"""`kill -9` of the monitor, again and again: what was accepted is neither lost nor counted twice."""

import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from evenhand.data_dir import write_private
from gateway.exchange import Exchange, to_bytes
from gateway.queue import open_queue
from gateway.routing import Router
from gateway.settings import Settings
from monitors.cells import Accumulator, CellBook, CellOptions, drill
from monitors.declare import alpha_of_later
from monitors.store import open_store
from monitors.store.blocks import BLOCK, Bet
from tests.ids import new_exchange_id
from tests.integration.conftest import prompts, settings, until

KILLS = 50
EXCHANGES = 1000
SECRET = "ab" * 32


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.timeout(400)
def test_fifty_kills_lose_no_pair_and_count_none_twice(tmp_path: Path, model: Callable[..., str]) -> None:
    data_dir = tmp_path / "data"
    (data_dir / "run").mkdir(parents=True)
    write_private(data_dir / "secret", SECRET)
    config = tmp_path / "evenhand.yaml"
    base = model("fair", 1, latency_ms=30)
    config.write_text(yaml.safe_dump(settings({"fair": base}, data_dir)))
    accepted = _fill(data_dir, base)
    rng = random.Random(1)

    in_the_middle = 0
    for number in range(KILLS):
        before = _closed(data_dir)
        monitor = _start(config, data_dir)
        if number % 5:  # four of five while pairs come and go, the fifth anywhere, also before the first
            until(lambda before=before, it=monitor: it.poll() is not None or _closed(data_dir) > before, 60, 0.01)  # type: ignore[misc]
            assert monitor.poll() is None, (data_dir / "monitor.log").read_text()[-2000:]
        time.sleep(rng.uniform(0, 0.25))
        monitor.send_signal(signal.SIGKILL)
        monitor.wait()
        in_the_middle += _planned(data_dir) > 0
    assert in_the_middle >= KILLS // 2, "the kills have to hit pairs that are under way"
    assert _closed(data_dir) > KILLS, "and work has to go on between them"

    monitor = _start(config, data_dir)
    queue = open_queue(None, data_dir, max_items=10_000, max_bytes=1 << 30)
    end = time.monotonic() + 120
    while queue.depth().items:
        assert time.monotonic() < end, f"{queue.depth()} after two minutes without a kill"
        time.sleep(0.2)
    monitor.terminate()
    assert monitor.wait(20) == 0
    assert queue.depth().set_aside == 0
    queue.close()

    with sqlite3.connect(data_dir / "store.db") as db:
        fates = dict(db.execute("SELECT id, fate FROM exchanges"))
        assert set(fates) == accepted
        assert set(fates.values()) == {"scored"}
        counted = db.execute("SELECT SUM(value) FROM totals WHERE name = 'exchanges_total'").fetchone()[0]
        assert counted == len(accepted)
        pairs = db.execute("SELECT COUNT(*), COUNT(DISTINCT exchange_id) FROM pairs WHERE kind = 'counterfactual'").fetchone()
        assert pairs == (len(accepted), len(accepted))
        decision = db.execute("SELECT id FROM cells WHERE kind = 'pair' AND outcome = 'decision'").fetchone()[0]
        shown = db.execute("SELECT SUM(pairs) FROM counts WHERE cell_id = ?", (decision,)).fetchone()[0]
        assert shown == len(accepted)
        assert db.execute("SELECT COUNT(*) FROM members WHERE state = 'open'").fetchone()[0] == 0
        sealed, planned = db.execute("SELECT next_block, next_seq FROM cells WHERE id = ?", (decision,)).fetchone()
        assert sealed == planned // BLOCK > 0
    db.close()
    _check_that_the_log_alone_gives_the_same_state(data_dir)


def _fill(data_dir: Path, base: str) -> set[str]:
    queue = open_queue(None, data_dir, max_items=10_000, max_bytes=1 << 30)
    batch = []
    deployment = Router(Settings.model_validate(settings({"fair": base}, data_dir))).resolve("fair").id
    for prompt in prompts(EXCHANGES, seed=11):
        request = {"model": "fair", "messages": [dict(message) for message in prompt.messages], "temperature": 0.8}
        identity = new_exchange_id()
        received = time.time_ns() // 1_000_000
        exchange = Exchange(identity, received, "chat_completions", "fair", deployment, "hiring", 200, False, False, request, "")
        batch.append((identity, to_bytes(exchange)))
    assert queue.offer(batch) == EXCHANGES
    queue.close()
    return {identity for identity, _ in batch}


def _planned(data_dir: Path) -> int:
    """Exchanges that are planned and not closed."""
    return _count(data_dir, "SELECT COUNT(*) FROM plans")


def _closed(data_dir: Path) -> int:
    """Exchanges that have their fate."""
    return _count(data_dir, "SELECT COUNT(*) FROM exchanges WHERE fate IS NOT NULL")


def _count(data_dir: Path, query: str) -> int:
    if not (data_dir / "store.db").exists():
        return 0
    db = sqlite3.connect(data_dir / "store.db")
    try:
        return int(db.execute(query).fetchone()[0])
    except sqlite3.OperationalError:  # killed before the tables were made
        return 0
    finally:
        db.close()


def _start(config: Path, data_dir: Path) -> "subprocess.Popen[bytes]":
    with socket.create_server(("127.0.0.1", 0)) as listener:
        words = [sys.executable, "-m", "monitors", "--config", str(config), "--data-dir", str(data_dir), "--fd", str(listener.fileno())]
        log = (data_dir / "monitor.log").open("ab")
        with log:
            return subprocess.Popen(words, pass_fds=[listener.fileno()], stdout=log, stderr=log, env=dict(os.environ))


def _check_that_the_log_alone_gives_the_same_state(data_dir: Path) -> None:
    """Fold every sealed block again from the rows of the log: each cell's snapshot comes out bit for bit."""
    store = open_store(None, data_dir)
    book = CellBook(CellOptions("horizon", bytes.fromhex(SECRET), lambda k: alpha_of_later(k, 0.01)))
    store.read(book.load)
    for cell in book.cells.values():
        again = Accumulator.begin(cell, book.options)
        for block in range(cell.next_block):
            again.fold(store.read(_bets, cell.id, block), book.options.secret)
            if cell.spec.kind == "drill" and drill.result(cell, again, 0) is not None:
                again.restart(cell, book.options)
        assert again.snapshot() == book.accumulators[cell.id].snapshot(), cell.spec
    store.close()


def _bets(db: sqlite3.Connection, cell_id: int, block: int) -> list[Bet]:
    """The bets of a block, worked out here and not by the product."""
    bets = []
    for seq in range(block * BLOCK, (block + 1) * BLOCK):
        query = (
            "SELECT m.difference, m.state, m.tolerance, COALESCE(m.epoch_id, 0), m.pair_id, p.closed_ms "
            "FROM members m JOIN pairs p USING (pair_id) WHERE m.cell_id = ? AND m.seq = ? ORDER BY m.slot"
        )
        rows = db.execute(query, (cell_id, seq)).fetchall()
        assert 1 <= len(rows) <= 2
        mean = sum(row[0] for row in rows) / len(rows) if all(row[1] == "value" for row in rows) else None
        bets.append(Bet(seq, rows[0][4], mean, *(max(row[n] for row in rows) for n in (2, 3, 5))))
    return bets
