import hashlib
import secrets

import pytest

from gateway.keys import Allowance, Key, digest_of, new_secret
from gateway.keys.key import declared
from gateway.settings import KeySettings


def key(*models: str) -> Key:
    return Key(b"d", "a", models)


def test_a_key_without_models_may_use_all() -> None:
    assert key().allows("anything", "*")


@pytest.mark.parametrize(
    ("models", "asked", "model", "allowed"),
    [
        (("m",), "m", "m", True),
        (("m",), "n", "n", False),
        (("m",), None, "m", True),
        (("m",), None, "n", False),
        (("gpt-*",), "gpt-4o", "*", True),
        (("gpt-*",), "claude", "*", False),
        (("*",), "anything", "n", True),
        (("openai/*",), "openai/x", "openai/*", True),
        (("M",), "m", "m", False),
    ],
)
def test_a_key_with_models_may_use_those(models: tuple[str, ...], asked: str | None, model: str, allowed: bool) -> None:
    assert key(*models).allows(asked, model) is allowed


def test_a_new_key_has_the_prefix_and_no_two_are_alike() -> None:
    made = {new_secret(secrets.choice) for _ in range(100)}
    assert len(made) == 100
    assert all(secret.startswith("eh-") and secret.isascii() and secret[3:].isalnum() and len(secret) == 43 for secret in made)


def test_what_is_kept_of_a_key_is_its_sha256() -> None:
    assert digest_of(b"eh-x") == hashlib.sha256(b"eh-x").digest()


def test_a_key_in_the_file_keeps_its_limits() -> None:
    settings = KeySettings(hash=digest_of(b"eh-x").hex(), name="a", models=["m"], requests_per_minute=3, usd_per_month=2.5)
    assert declared(settings) == Key(digest_of(b"eh-x"), "a", ("m",), Allowance(3, None, None, 2.5))
