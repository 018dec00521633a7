"""Keys and prices in the file."""

import hashlib
from typing import Any

import pytest
import yaml

from gateway.settings import ConfigError, PricesSettings, Settings, load_text

DIGEST = hashlib.sha256(b"eh-secret").hexdigest()
MODELS = [{"model_name": "m", "litellm_params": {"model": "openai/m"}}]


def settings(**sections: Any) -> Settings:
    return load_text(yaml.safe_dump({"model_list": MODELS, **sections}), {}).settings


def mistakes(**sections: Any) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        settings(**sections)
    return [str(mistake) for mistake in caught.value.mistakes]


@pytest.mark.parametrize("written", [DIGEST, f"sha256:{DIGEST}", DIGEST.upper()])
def test_a_hash_is_read_with_or_without_its_name(written: str) -> None:
    assert settings(keys=[{"name": "a", "hash": written}]).keys[0].digest == hashlib.sha256(b"eh-secret").digest()


def test_a_key_given_instead_of_its_hash_is_refused_and_not_shown() -> None:
    (mistake,) = mistakes(keys=[{"name": "a", "hash": "eh-secret"}])
    assert "keys[0].hash" in mistake
    assert "SHA-256" in mistake
    assert "eh-secret" not in mistake


def test_names_and_hashes_are_given_once() -> None:
    found = mistakes(keys=[{"name": "a", "hash": DIGEST}, {"name": "a", "hash": "0" * 64}, {"name": "b", "hash": DIGEST}])
    assert [mistake.split(":")[0].split(", ")[1] for mistake in found] == ["keys[1].name", "keys[2].hash"]


def test_a_model_that_nobody_serves_is_a_mistake() -> None:
    (mistake,) = mistakes(keys=[{"name": "a", "hash": DIGEST, "models": ["m", "n"]}])
    assert mistake.endswith("keys[0].models[1]: n is not a model_name → one of: m")


def test_behind_a_wildcard_a_key_may_name_any_model() -> None:
    both = [*MODELS, {"model_name": "*", "litellm_params": {"model": "openai/*"}}]
    assert settings(model_list=both, keys=[{"name": "a", "hash": DIGEST, "models": ["gpt-*"]}]).keys[0].models == ["gpt-*"]


@pytest.mark.parametrize(
    "limit", [{"requests_per_minute": 0}, {"tokens_per_minute": -1}, {"usd_per_day": 0}, {"usd_per_month": float("inf")}]
)
def test_a_limit_that_lets_nothing_or_everything_pass_is_a_mistake(limit: dict[str, float]) -> None:
    (mistake,) = mistakes(keys=[{"name": "a", "hash": DIGEST, **limit}])
    assert f"keys[0].{next(iter(limit))}" in mistake


def test_a_section_of_comments_only_means_no_keys() -> None:
    assert settings(keys=None, prices=None).keys == []


def test_a_path_stands_for_a_price_file() -> None:
    assert settings(prices="./mine.yaml").prices == PricesSettings.model_validate({"file": "./mine.yaml"})


def test_a_price_below_zero_is_a_mistake() -> None:
    (mistake,) = mistakes(prices={"models": {"m": {"input": -1}}})
    assert "prices.models.m.input" in mistake
