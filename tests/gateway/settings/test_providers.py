"""Models whose provider is not ``openai/``: refused by name where they cannot be spoken to, and their settings used, masked, required."""

import json
from pathlib import Path

import pytest

from gateway.settings import ConfigError, load_text
from gateway.settings.providers import is_provider_setting, translation_fault

BEDROCK = """
model_list:
  - model_name: b
    litellm_params:
      model: bedrock/claude
      aws_region_name: eu-central-1
      aws_secret_access_key: os.environ/AWS_SECRET
      extra_headers: {x-team: red}
      max_retries: 10
"""


@pytest.fixture
def litellm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for an installed litellm, with its list of providers."""
    (tmp_path / "provider_endpoints_support_backup.json").write_text(json.dumps({"providers": {"bedrock": {}, "anthropic": {}}}))
    monkeypatch.setattr("gateway.settings.providers._litellm", lambda: tmp_path)
    return tmp_path


def refused(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load_text(text, {"AWS_SECRET": "s"})
    return "\n".join(map(str, caught.value.mistakes))


def test_without_litellm_the_model_is_named_with_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.settings.providers._litellm", lambda: None)
    told = refused(BEDROCK)
    assert "line 5, model_list[0].litellm_params.model: b: the provider of bedrock/claude is bedrock" in told
    assert "pip install 'evenhand[providers]'" in told
    assert "write openai/bedrock/claude" in told


def test_an_unknown_provider_is_named(litellm: Path) -> None:
    assert "the provider of nobody/claude is nobody, which neither" in refused(BEDROCK.replace("bedrock/", "nobody/"))


def test_an_unknown_list_of_providers_refuses_none(litellm: Path) -> None:
    (litellm / "provider_endpoints_support_backup.json").write_text("[]")
    assert translation_fault("nobody") is None


def test_its_settings_are_used_and_only_the_others_ignored(litellm: Path) -> None:
    loaded = load_text(BEDROCK, {"AWS_SECRET": "s"})
    params = loaded.settings.model_list[0].litellm_params
    assert params.provider_settings == {"aws_region_name": "eu-central-1", "aws_secret_access_key": "s", "extra_headers": {"x-team": "red"}}
    assert loaded.warnings[0] == "line 4, model_list[0].litellm_params: ignored, Evenhand has no max_retries"
    assert loaded.settings.translated == loaded.settings.model_list


def test_a_provider_that_no_test_of_ours_speaks_is_said_to_be_untested_once(litellm: Path) -> None:
    twice = (
        BEDROCK + "  - {model_name: c, litellm_params: {model: bedrock/other}}\n  - {model_name: d, litellm_params: {model: anthropic/x}}\n"
    )
    told = [warning for warning in load_text(twice, {"AWS_SECRET": "s"}).warnings if "untested" in warning]
    assert len(told) == 1
    assert told[0].startswith("line 5, model_list[0].litellm_params.model: the provider bedrock is untested here and left to litellm")


def test_a_variable_of_its_settings_must_be_set(litellm: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_text(BEDROCK, {})
    assert [mistake.where for mistake in caught.value.mistakes] == ["model_list[0].litellm_params.aws_secret_access_key"]


def test_what_may_be_a_secret_is_masked(litellm: Path) -> None:
    shown = load_text(BEDROCK, {"AWS_SECRET": "s"}).settings.model_dump(mode="json")["model_list"][0]["litellm_params"]
    assert shown["aws_region_name"] == "eu-central-1"
    assert shown["aws_secret_access_key"] == "**********"
    assert shown["extra_headers"] == "**********"


def test_clients_credentials_are_never_passed_to_it(litellm: Path) -> None:
    assert "model_list[0].litellm_params.pass_through_auth" in refused(BEDROCK + "      pass_through_auth: true\n")


@pytest.mark.parametrize("name", ["model", "api_base", "api_key", "temperature", "mock_response", "fallbacks", "timeout", "callbacks"])
def test_other_keys_are_not_handed_on(name: str) -> None:
    assert not is_provider_setting(name)
