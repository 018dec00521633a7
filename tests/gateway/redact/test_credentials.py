"""Credentials go, prose stays. The examples are made up; each is put together here so that no scanner takes this file for a leak."""

import base64
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.keys import new_secret
from gateway.redact import credentials
from gateway.redact.credentials import MARK, without_credentials

LETTERS = "Ab3dEf6hIj9lMn2pQr5tUv8xYz1BcD4fGh7jKl0n"
HEX = "0123456789abcdef" * 3
PEM_BODY = "\n".join([base64.b64encode(HEX.encode()).decode()] * 3)


def pem(kind: str) -> str:
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{PEM_BODY}\n-----END {kind}PRIVATE KEY-----"


@pytest.mark.parametrize(
    "secret",
    [
        "sk-" + LETTERS,
        new_secret(Random(1).choice),
        "sk-proj-" + LETTERS + "_" + LETTERS,
        "sk-ant-api03-" + LETTERS,
        "sk-or-v1-" + HEX,
        "sk_live_" + LETTERS,
        "rk_test_" + LETTERS,
        "AKIA" + "IOSFODNN7EXAMPLE",
        "ghp_" + LETTERS[:36],
        "github_pat_" + LETTERS,
        "glpat-" + LETTERS[:20],
        "xoxb-" + "123456789012-" + LETTERS,
        "AIza" + LETTERS[:35],
        "ya29." + LETTERS,
        "hf_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH",
        "npm_" + LETTERS[:36],
        "gsk_" + LETTERS,
        "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxIn0." + "c2lnbmF0dXJl",
        pem(""),
        pem("RSA "),
        pem("OPENSSH "),
    ],
)
def test_a_secret_goes_whole_wherever_it_stands(secret: str) -> None:
    for before, after in [("", ""), ("my key is ", ", please"), ('{"a":"', '"}'), ("x=", "\nnext"), ("(", ")"), (r"one\n", r"\n two")]:
        assert without_credentials(before + secret + after) == before + MARK + after


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Authorization: Bearer " + LETTERS, "Authorization: Bearer " + MARK),
        ("curl -H 'authorization: bearer " + LETTERS + "'", "curl -H 'authorization: bearer " + MARK + "'"),
        ("BEARER " + HEX, "BEARER " + MARK),
        ("Authorization: Basic " + "dXNlcjpwYXNz", "Authorization: Basic " + MARK),
        ("postgres://app:hunter2@db.example/app", f"postgres://app:{MARK}@db.example/app"),
        ("redis://:hunter2@cache:6379/0 is down", f"redis://:{MARK}@cache:6379/0 is down"),
        ("https://x.example/a?token=abc&b=1", f"https://x.example/a?token={MARK}&b=1"),
        ("https://x.example/a?b=1&X-Amz-Signature=abc", f"https://x.example/a?b=1&X-Amz-Signature={MARK}"),
        ("OPENAI_API_KEY=" + LETTERS, "OPENAI_API_KEY=" + MARK),
        ("api_key: '" + LETTERS + "'", "api_key: '" + MARK + "'"),
        ('{"accessToken": "' + LETTERS + '"}', '{"accessToken": "' + MARK + '"}'),
        ("client_secret = " + LETTERS, "client_secret = " + MARK),
    ],
)
def test_what_stands_before_a_secret_stays(text: str, clean: str) -> None:
    assert without_credentials(text) == clean


def test_a_private_key_that_was_cut_goes_to_the_end_of_the_text() -> None:
    assert without_credentials("here: " + pem("EC ")[:90]) == f"here: {MARK}"


def test_several_secrets_in_one_text_all_go() -> None:
    assert without_credentials(f"sk-{LETTERS} and {pem('')} and sk-{HEX}") == f"{MARK} and {MARK} and {MARK}"


@pytest.mark.parametrize(
    "text",
    [
        "She told Maria-José that Mr. O'Brien-Sk-Larsen would bring his key.",
        "The bearer of this letter, acknowledgements-and-thanks, is Dr. Amina Diallo.",
        "Bearer bonds pay 4 % and the pallbearer Christopher-Alexander wept.",
        "The pallbearer number-2-in-the-row, monkey: 2024-05-05-at-noon-1",
        "basic understanding; a key to success: determination",
        "Write sk- before it. task-management-with-many-words risk-averse-behaviour",
        "sk-learn-is-a-library-name",
        "max_tokens: 1024, token: yes, key=value, secret: no",
        "Visit https://example.org:8080/a?q=hire+her&page=2 or mailto:ann@example.org",
        "Time 10:30, ratio 3:1, she/her, he/him, they/them",
        "AKIA is a word here, so is xoxo, and eyJ.",
        "BEGIN PRIVATE KEY is what the header says",
    ],
)
def test_prose_stays_to_the_letter(text: str) -> None:
    assert without_credentials(text) == text


NAMES = [
    "Maria",
    "Lakisha",
    "Jamal",
    "Emily",
    "Greg",
    "Nguyễn",
    "José",
    "Siobhán",
    "O'Connor",
    "Al-Farsi",
    "Skye-Louise",
    "Keyshawn",
    "Tokenya",
]
WORDS = st.sampled_from(
    [*NAMES, "he", "she", "they", "her", "his", "theirs", "Mr.", "Mrs.", "mother", "key", "token", "secret", "bearer", "basic"]
)


@given(st.lists(WORDS, max_size=30), st.sampled_from([" ", ", ", "-", ": ", " = ", "\n"]))
def test_names_pronouns_and_titles_are_never_touched(words: list[str], between: str) -> None:
    text = between.join(words)
    assert without_credentials(text) == text


@given(st.text(max_size=200))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = without_credentials(text + f" Bearer {LETTERS} " + text)
    assert LETTERS not in once
    assert without_credentials(once) == once


SECRETS = [
    *("sk-" + LETTERS, "eh-" + LETTERS, "sk_live_" + LETTERS, "ASIA" + "IOSFODNN7EXAMPLE", "ghs_" + LETTERS[:36], "github_pat_" + LETTERS),
    *("glpat-" + LETTERS[:20], "xapp-1-" + LETTERS, "AIza" + LETTERS[:35], "ya29." + LETTERS, "hf_" + LETTERS, "npm_" + LETTERS, pem("")),
    *("gsk_" + LETTERS, "eyJhbGciOiJI.eyJzdWIiOiIx", "bearer " + LETTERS, "Authorization: Basic dXNlcjpwYXNz", "http://a:b@c", "?key=abc"),
    *("API_KEY=" + HEX, "access-token: " + HEX, "clientSecret=" + HEX, "BEARER " + HEX, "private_key: " + HEX),
]


@given(st.lists(st.sampled_from([*SECRETS, *NAMES, "key", ":", "=", "a-b", "_", "9"]), max_size=12), st.sampled_from([" ", "\n", ", "]))
def test_searching_only_what_is_marked_finds_all_that_searching_everything_does(words: list[str], between: str) -> None:
    text = everything = between.join(words)
    for _, _, needles in credentials._BY_MARKS:
        for _, pattern in needles:
            everything = pattern.apply(everything)
    assert without_credentials(text) == everything


def test_each_secret_is_searched_for_by_some_pattern() -> None:
    assert [secret for secret in SECRETS if without_credentials(secret) == secret] == []
