from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.keys.database import connect
from gateway.limits.books import Use
from gateway.limits.ledger import KEPT_SECONDS, Ledger, LedgerError

NOON = 1_795_521_600  # 2026-11-24T12:00:00Z
TODAY = NOON // 86_400


def use(second: int = NOON, *, digest: bytes = b"a", nano_usd: int = 5) -> Use:
    return Use(digest, second, 1, 10, nano_usd)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "gateway.db"


@pytest.fixture
def ledgers(path: Path) -> Iterator[list[Ledger]]:
    opened = [Ledger(path, f"worker-{number}") for number in range(3)]
    for ledger in opened:
        ledger.statement(NOON)
    yield opened
    for ledger in opened:
        ledger.close()


def test_each_worker_reads_once_what_the_others_wrote_and_never_its_own(ledgers: list[Ledger]) -> None:
    one, two, three = ledgers
    assert one.exchange([use(), use(digest=b"b")], NOON) == []
    assert two.exchange([use(NOON + 1)], NOON + 1) == [use(), use(digest=b"b")]
    assert three.exchange([], NOON + 1) == [use(), use(digest=b"b"), use(NOON + 1)]
    assert one.exchange([], NOON + 1) == [use(NOON + 1)]
    assert [ledger.exchange([], NOON + 1) for ledger in ledgers] == [[], [], []]


def test_a_worker_that_starts_is_told_the_last_minute_and_the_money_of_the_month(ledgers: list[Ledger], path: Path) -> None:
    ledgers[0].exchange([use(NOON - 70), use(NOON - 20), use(NOON - 20 * 86_400), use(NOON - 40 * 86_400)], NOON)
    fresh = Ledger(path, "fresh")
    statement = fresh.statement(NOON)
    assert statement.recent == [use(NOON - 20)]
    assert statement.spent == [(b"a", TODAY - 20, 5), (b"a", TODAY, 10)]
    assert fresh.exchange([], NOON) == []
    fresh.close()


def test_money_of_a_day_gone_by_reaches_the_other_workers_too(ledgers: list[Ledger]) -> None:
    old = use(NOON - 86_400)
    ledgers[0].exchange([old], NOON)
    assert ledgers[1].exchange([], NOON) == [old]


def test_the_log_is_kept_for_two_minutes_and_the_money_for_good(ledgers: list[Ledger], path: Path) -> None:
    ledgers[0].exchange([use()], NOON)
    later = NOON + KEPT_SECONDS + 1
    ledgers[1].exchange([use(later)], later)
    db = connect(path)
    assert db.execute("SELECT count(*) FROM uses").fetchone() == (1,)
    assert db.execute("SELECT day, requests, tokens, nano_usd FROM spend").fetchall() == [(TODAY, 2, 20, 10)]
    db.close()
    assert ledgers[1].exchange([], later) == []
    assert ledgers[2].exchange([use(later)], later) == [use(later)]


def test_writing_by_others_is_noticed(ledgers: list[Ledger]) -> None:
    before = ledgers[0].changed()
    ledgers[0].exchange([use()], NOON)
    assert ledgers[0].changed() == before
    ledgers[1].exchange([use()], NOON)
    assert ledgers[0].changed() != before


@pytest.mark.parametrize("what", ["gone", "another"])
def test_a_file_that_is_not_the_same_any_more_is_not_written_to(ledgers: list[Ledger], path: Path, what: str) -> None:
    path.rename(path.with_name("moved"))
    if what == "another":
        Ledger(path, "other").close()
    with pytest.raises(LedgerError, match=r"gateway\.db"):
        ledgers[0].exchange([use()], NOON)


def test_a_file_that_is_no_database_is_told(path: Path) -> None:
    path.write_bytes(b"not a database, but long enough to be looked at" * 100)
    with pytest.raises(LedgerError, match="not a database"):
        Ledger(path, "worker")


def test_of_an_exchange_that_fails_nothing_is_done(ledgers: list[Ledger], path: Path) -> None:
    with pytest.raises(LedgerError):
        ledgers[0].exchange([use(), use()._replace(digest=None)], NOON)  # type: ignore[arg-type] # what SQLite refuses
    db = connect(path)
    assert db.execute("SELECT (SELECT count(*) FROM uses), (SELECT count(*) FROM spend)").fetchone() == (0, 0)
    db.close()
