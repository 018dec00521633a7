"""The rules of one configuration over a whole exchange."""

import hmac
from typing import Any

import pytest

from gateway.redact import MARK, Redactor, TooDeepError, end_user_mark
from gateway.settings import MonitorSettings

KEY = b"k" * 32
SECRET = "sk-" + "a1b2c3d4e5f6g7h8i9"


def redactor(**monitor: Any) -> Redactor:
    return Redactor.of(MonitorSettings.model_validate(monitor), KEY)


def test_every_string_of_a_request_is_searched_at_any_depth() -> None:
    body = {
        "model": "m",
        "messages": [{"role": "user", "content": [{"type": "text", "text": f"use {SECRET}"}]}],
        "tools": [{"function": {"description": f"Bearer {SECRET}"}}],
        "n": 1,
        SECRET: True,
    }
    clean, _ = redactor().request(body)
    assert clean == {
        "model": "m",
        "messages": [{"role": "user", "content": [{"type": "text", "text": f"use {MARK}"}]}],
        "tools": [{"function": {"description": f"Bearer {MARK}"}}],
        "n": 1,
        MARK: True,
    }


def test_the_body_that_was_given_is_not_changed() -> None:
    body = {"messages": [{"content": SECRET}], "user": "ann"}
    redactor().request(body)
    assert body == {"messages": [{"content": SECRET}], "user": "ann"}


def test_the_operators_patterns_go_from_requests_replies_and_headers() -> None:
    rules = redactor(redact_patterns=[r"\b\d{3}-\d{2}-\d{4}\b", "(?i)project unicorn"], capture_headers=["x-note"])
    assert rules.request({"a": "SSN 123-45-6789, Project Unicorn"})[0] == {"a": f"SSN {MARK}, {MARK}"}
    assert rules.reply('{"a":"123-45-6789"}', streamed=False) == f'{{"a":"{MARK}"}}'
    assert rules.headers([(b"x-note", b"123-45-6789")]) == {"x-note": MARK}


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"user": "ann"}, "ann"),
        ({"safety_identifier": "ann"}, "ann"),
        ({"user": "old", "safety_identifier": "ann"}, "ann"),
        ({"user": "ann", "safety_identifier": ""}, "ann"),
        ({"user": 7}, "7"),
    ],
)
def test_an_end_user_is_replaced_by_the_same_mark_from_either_field(fields: dict[str, Any], value: str) -> None:
    clean, mark = redactor().request({"model": "m", **fields})
    assert clean == {"model": "m"}
    assert mark == end_user_mark(KEY, value) == hmac.new(KEY, f"end_user\0{value}".encode(), "sha256").hexdigest()


@pytest.mark.parametrize("fields", [{}, {"user": None}, {"user": ""}, {"user": ["ann"]}, {"safety_identifier": {}}])
def test_a_request_that_names_no_end_user_has_no_mark(fields: dict[str, Any]) -> None:
    assert redactor().request({"model": "m", **fields}) == ({"model": "m"}, None)


def test_the_mark_depends_on_the_installations_secret_and_not_on_anything_else() -> None:
    assert end_user_mark(KEY, "ann") != end_user_mark(b"other", "ann")
    assert "ann" not in end_user_mark(KEY, "ann")


def test_metadata_and_the_cache_key_are_removed_and_the_parameters_stay() -> None:
    body = {"model": "m", "metadata": {"case": "Ann's"}, "prompt_cache_key": "ann", "temperature": 0.3, "seed": 4, "tools": []}
    assert redactor().request(body)[0] == {"model": "m", "temperature": 0.3, "seed": 4, "tools": []}


def test_only_headers_on_the_list_are_kept() -> None:
    rules = redactor(capture_headers=["X-Team"], routes=[{"name": "a", "match": {"headers": {"X-App": "ats"}}}])
    given = [(b"content-type", b"application/json"), (b"x-app", b"ats"), (b"X-TEAM", b"hr"), (b"user-agent", b"curl"), (b"x-other", b"1")]
    assert rules.headers(given) == {"content-type": "application/json", "x-app": "ats", "x-team": "hr"}


def test_a_credential_header_is_never_kept_even_when_it_is_listed() -> None:
    rules = redactor(
        capture_headers=["Authorization", "cookie", "x-api-key", "x-team"], routes=[{"name": "a", "match": {"headers": {"api-key": "k"}}}]
    )
    given = [(b"authorization", b"Bearer x"), (b"cookie", b"a=b"), (b"x-api-key", b"k"), (b"api-key", b"k"), (b"x-team", b"hr")]
    assert rules.headers(given) == {"x-team": "hr"}


def test_a_repeated_header_is_joined() -> None:
    assert redactor(capture_headers=["x-tag"]).headers([(b"x-tag", b"a"), (b"x-tag", b"\xe9")]) == {"x-tag": "a, é"}


def test_an_absurdly_nested_request_is_refused() -> None:
    body: dict[str, Any] = {}
    for _ in range(300):
        body = {"a": body}
    with pytest.raises(TooDeepError):
        redactor().request(body)
