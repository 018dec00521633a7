"""The exchange in the queue's form, and the keyed draws."""

import hashlib
import hmac
import re
from dataclasses import replace
from itertools import combinations, islice
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.exchange import Draw, Exchange, UnreadableExchangeError, chance, exchange_ids, from_bytes, to_bytes
from tests.ids import new_exchange_id

SECRET = b"k" * 32
PURPOSES = ("sample", "axis", "group", "names", "order", "placebo", "histogram")
EXCHANGE = Exchange(
    id="ex_1",
    received_ms=1_700_000_000_000,
    endpoint="chat_completions",
    model="support",
    deployment="support",
    route="r",
    status=200,
    streamed=False,
    truncated=False,
    request={"messages": []},
    response="{}",
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=15,
)


@given(
    st.dictionaries(st.text(max_size=8), VALUES, max_size=5),
    st.text(),
    st.dictionaries(st.text(), st.text(), max_size=3),
    st.none() | st.text(),
)
def test_an_exchange_survives_the_queue(request: dict[str, Any], response: str, headers: dict[str, str], end_user: str | None) -> None:
    exchange = replace(EXCHANGE, request=request, response=response, headers=headers, end_user=end_user)
    assert from_bytes(to_bytes(exchange)) == exchange


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "not an exchange"),
        (b"\xff\xfe", "not an exchange"),
        (b"[]", "not an exchange"),
        (b"null", "not an exchange"),
        (b"{}", "format"),
        (to_bytes(EXCHANGE).replace(b'"format":1', b'"format":2'), "another format"),
        (to_bytes(EXCHANGE).replace(b'"model":', b'"modell":'), "modell"),
        (orjson.dumps({"format": 1, "id": "ex_1"}), "missing"),
    ],
)
def test_a_payload_that_is_not_an_exchange_is_refused_with_the_reason(payload: bytes, reason: str) -> None:
    with pytest.raises(UnreadableExchangeError, match=reason):
        from_bytes(payload)


def test_an_id_is_never_given_twice() -> None:
    ids = {new_exchange_id() for _ in range(1_000)} | set(islice(exchange_ids(), 1_000)) | set(islice(exchange_ids(at_once=1), 1_000))
    assert len(ids) == 3_000
    assert all(re.fullmatch("ex_[0-9a-f]{32}", each) for each in ids)


def test_a_draw_is_the_hmac_that_the_design_names() -> None:
    digest = hmac.new(SECRET, b"sample\0ex_1", hashlib.sha256).digest()
    assert chance(SECRET, "sample", "ex_1") == int.from_bytes(digest[:7], "big") / 2**56


@given(st.binary(max_size=200), st.text(st.characters(codec="utf-8")), st.lists(st.text(st.characters(codec="utf-8")), max_size=3))
def test_a_prepared_draw_is_the_same_draw(secret: bytes, purpose: str, ids: list[str]) -> None:
    draw = Draw(secret, purpose)
    assert [draw(each) for each in ids] == [chance(secret, purpose, each) for each in ids]


@given(st.binary(min_size=1), st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_a_draw_lies_between_nought_and_one(secret: bytes, purpose: str, exchange_id: str) -> None:
    assert 0 <= chance(secret, purpose, exchange_id) < 1


def test_draws_are_spread_evenly() -> None:
    drawn = [chance(SECRET, "sample", f"ex_{number:032x}") for number in range(20_000)]
    for tenth in range(10):
        share = sum(tenth / 10 <= value < (tenth + 1) / 10 for value in drawn)
        assert abs(share - 2_000) < 5 * (20_000 * 0.1 * 0.9) ** 0.5


def test_the_draws_of_different_purposes_are_independent_among_sampled_ids() -> None:
    ids = [each for number in range(40_000) if chance(SECRET, "sample", each := f"ex_{number:032x}") < 0.1]
    drawn = {purpose: [chance(SECRET, purpose, each) - 0.5 for each in ids] for purpose in PURPOSES}
    for purpose in PURPOSES[1:]:
        assert abs(sum(drawn[purpose]) / len(ids)) < 5 * (1 / 12 / len(ids)) ** 0.5
    for one, other in combinations(PURPOSES[1:], 2):
        covariance = sum(a * b for a, b in zip(drawn[one], drawn[other], strict=True)) / len(ids)
        assert abs(covariance * 12) < 5 / len(ids) ** 0.5
