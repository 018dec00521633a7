import threading

import orjson
import pytest

from gateway.errors import GatewayError
from gateway.keys import Allowance, Key
from gateway.limits.books import Books, Use

NOON = 1_795_521_600  # 2026-11-24T12:00:00Z
NANO = 1_000_000_000


class Clock:
    def __init__(self) -> None:
        self.now = float(NOON)

    def __call__(self) -> float:
        return self.now


def key(digest: bytes = b"a", **limits: float) -> Key:
    return Key(digest, "team-a", (), Allowance(**limits))  # type: ignore[arg-type] # counts are whole where the tests give them


def refusal(books: Books, asking: Key) -> GatewayError:
    with pytest.raises(GatewayError) as caught:
        books.admit(asking, "m")
    return caught.value


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def books(clock: Clock) -> Books:
    return Books(clock)


def test_requests_pass_up_to_the_limit_of_any_sixty_seconds(books: Books, clock: Clock) -> None:
    asking = key(requests_per_minute=2)
    books.admit(asking, "m")
    clock.now += 30
    books.admit(asking, "m")
    refused = refusal(books, asking)
    headers = dict(refused.headers)
    assert (refused.status, refused.type, refused.code, refused.label) == (429, "requests", "rate_limit_exceeded", "policy_rate_limited")
    assert headers[b"retry-after"] == b"31"
    assert headers[b"retry-after-ms"] == b"31000"
    assert headers[b"x-ratelimit-limit-requests"] == b"2"
    assert headers[b"x-ratelimit-remaining-requests"] == b"0"
    assert headers[b"x-ratelimit-reset-requests"] == b"1m1s"
    assert b"x-should-retry" not in headers
    assert "Limit 2, Used 2" in orjson.loads(refused.body())["error"]["message"]
    clock.now += 31
    books.admit(asking, "m")


def test_what_was_refused_does_not_count(books: Books, clock: Clock) -> None:
    asking = key(requests_per_minute=1)
    books.admit(asking, "m")
    for _ in range(5):
        refusal(books, asking)
    clock.now += 61
    books.admit(asking, "m")


def test_tokens_count_when_the_reply_is_over_and_then_close_the_door(books: Books) -> None:
    asking = key(tokens_per_minute=100, requests_per_minute=10)
    books.admit(asking, "m")
    books.charge(asking, 99, 0)
    books.admit(asking, "m")
    books.charge(asking, 50, 0)
    refused = refusal(books, asking)
    headers = dict(refused.headers)
    assert refused.type == "tokens"
    assert headers[b"x-ratelimit-remaining-tokens"] == b"0"
    assert headers[b"x-ratelimit-remaining-requests"] == b"8"


@pytest.mark.parametrize(
    ("limit", "days_later", "word", "anew"),
    [("usd_per_day", 1, "day", "2026-11-25T00:00:00Z"), ("usd_per_month", 7, "month", "2026-12-01T00:00:00Z")],
)
def test_spent_money_ends_a_key_for_the_day_or_month(books: Books, clock: Clock, limit: str, days_later: int, word: str, anew: str) -> None:
    asking = key(**{limit: 0.5})
    books.admit(asking, "m")
    books.charge(asking, 10, NANO // 2 - 1)
    books.admit(asking, "m")
    books.charge(asking, 10, 1)
    refused = refusal(books, asking)
    assert (refused.status, refused.type, refused.code, refused.label) == (429,) + ("insufficient_quota",) * 2 + ("policy_over_budget",)
    assert dict(refused.headers) == {b"x-should-retry": b"false"}
    assert f"0.5 USD for this {word} (UTC)" in refused.message
    assert anew in refused.message
    clock.now = float(NOON - 43_200 + days_later * 86_400)
    books.admit(asking, "m")


def test_keys_do_not_share_their_limits(books: Books) -> None:
    books.admit(key(b"a", requests_per_minute=1), "m")
    books.admit(key(b"b", requests_per_minute=1), "m")


def test_workers_that_exchange_their_counts_pass_a_limit_by_no_more_than_came_in_between(clock: Clock) -> None:
    asking = key(requests_per_minute=100)
    workers = [Books(clock) for _ in range(4)]
    passed = 0
    for _ in range(30):  # rounds in which each worker is asked ten times
        for worker in workers:
            for _ in range(10):
                try:
                    worker.admit(asking, "m")
                except GatewayError:
                    continue
                passed += 1
        taken = [worker.take() for worker in workers]
        for worker in workers:
            worker.add(use for other, uses in zip(workers, taken, strict=True) if other is not worker for use in uses)
        clock.now += 1
    assert 100 <= passed <= 100 + 4 * 10


def test_what_is_taken_is_summed_by_second_and_taken_once(books: Books, clock: Clock) -> None:
    asking = key()
    books.admit(asking, "m")
    books.admit(asking, "m")
    books.charge(asking, 7, 5)
    clock.now += 1
    books.charge(asking, 1, 1)
    assert books.take() == [Use(b"a", NOON, 2, 7, 5), Use(b"a", NOON + 1, 0, 1, 1)]
    assert books.take() == []


def test_what_could_not_be_written_is_kept_and_money_of_long_ago_by_the_day(books: Books, clock: Clock) -> None:
    asking = key()
    for _ in range(200):
        books.charge(asking, 1, 10)
        books.give_back(books.take())
        clock.now += 1
    uses = books.take()
    assert len(uses) <= 63
    assert sum(use.nano_usd for use in uses) == 2000
    assert uses[0].second == NOON - 43_200


def test_restating_replaces_what_was_known_but_for_what_is_not_yet_written(books: Books) -> None:
    asking = key(requests_per_minute=10, usd_per_day=1)
    books.add([Use(b"a", NOON, 10, 0, NANO)])
    refusal(books, asking)
    books.charge(asking, 0, NANO // 2)
    books.restate([Use(b"a", NOON - 30, 3, 0, NANO)], [(b"a", NOON // 86_400, NANO // 4)])
    for _ in range(7):
        books.admit(asking, "m")
    assert refusal(books, asking).type == "requests"
    books.charge(asking, 0, NANO // 4)
    assert refusal(books, asking).type == "insufficient_quota"


def test_nothing_is_lost_between_two_threads(books: Books) -> None:
    asking, taken, ending = key(), [], threading.Event()

    def take() -> None:
        while not ending.is_set():
            taken.extend(books.take())

    taker = threading.Thread(target=take)
    taker.start()
    for _ in range(20_000):
        books.charge(asking, 1, 3)
    ending.set()
    taker.join()
    taken.extend(books.take())
    assert (sum(use.tokens for use in taken), sum(use.nano_usd for use in taken)) == (20_000, 60_000)
