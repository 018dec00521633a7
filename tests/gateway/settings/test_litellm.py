"""A configuration of LiteLLM's proxy loads as it is; what has no counterpart is named, once a section."""

import pytest

from gateway.settings import ConfigError, load_text

LITELLM = """
model_list:
  - model_name: gpt-4o
    litellm_params:
      model: openai/gpt-4o
      api_base: https://llm.example/v1
      api_key: os.environ/OPENAI_API_KEY
      rpm: 100
      temperature: 0.2
      aws_secret_access_key: os.environ/AWS_SECRET
    model_info: {mode: chat}
  - model_name: "*"
    litellm_params: {model: "openai/*", api_key: os.environ/OPENAI_API_KEY}
  - model_name: bare
    litellm_params: {model: gpt-4o-mini}
router_settings:
  routing_strategy: simple-shuffle
  fallbacks: [{gpt-4o: [bare]}]
  redis_password: os.environ/REDIS_PASSWORD
litellm_settings:
  drop_params: true
  callbacks: [langfuse]
  cache_params: {type: redis, password: os.environ/REDIS_PASSWORD}
general_settings:
  master_key: os.environ/LITELLM_MASTER_KEY
  database_url: os.environ/DATABASE_URL
  alerting: [slack]
environment_variables:
  LANGFUSE_SECRET: os.environ/LANGFUSE
guardrails:
  - guardrail_name: pii
    litellm_params: {guardrail: presidio, mode: pre_call}
"""
ENVIRON = {"OPENAI_API_KEY": "sk-x", "LITELLM_MASTER_KEY": "sk-master"}


def test_it_loads_and_every_part_that_is_ignored_is_named_with_its_line() -> None:
    assert load_text(LITELLM, ENVIRON).warnings == (
        "line 3, model_list[0]: ignored, Evenhand has no model_info",
        "line 4, model_list[0].litellm_params: ignored, Evenhand has no aws_secret_access_key, temperature",
        "line 16, router_settings: ignored, Evenhand has no redis_password",
        "line 20, litellm_settings: ignored, Evenhand has no cache_params, callbacks, drop_params",
        "line 24, general_settings: ignored, Evenhand has no alerting, database_url",
        "line 28, environment_variables: ignored, Evenhand has no LANGFUSE_SECRET",
        "line 30, guardrails: ignored, Evenhand has no such section",
    )


def test_what_has_a_counterpart_is_used() -> None:
    settings = load_text(LITELLM, ENVIRON).settings
    assert [entry.model_name for entry in settings.model_list] == ["gpt-4o", "*", "bare"]
    assert [entry.litellm_params.provider for entry in settings.model_list] == ["openai", "openai", "openai"]
    assert settings.general_settings.master_key is not None
    assert settings.general_settings.master_key.get_secret_value() == "sk-master"
    assert settings.monitor is None


def test_variables_that_only_ignored_parts_name_need_not_be_set() -> None:
    assert load_text(LITELLM, ENVIRON).unset == ()
    unset = load_text(LITELLM, {}, unset_is_mistake=False).unset
    assert {mistake.what.split()[3] for mistake in unset} == {"OPENAI_API_KEY", "LITELLM_MASTER_KEY"}


def test_secrets_are_not_in_the_settings_when_they_are_printed() -> None:
    assert "sk-" not in repr(load_text(LITELLM, ENVIRON).settings)


MODEL = "model_list: [{model_name: m, litellm_params: {model: openai/m%s}}]\n"


def params(text: str, environ: dict[str, str]) -> dict[str, str | None]:
    """Where the first model goes and with which key."""
    found = load_text(text, environ).settings.model_list[0].litellm_params
    return {"api_base": found.api_base, "api_key": found.api_key.get_secret_value() if found.api_key else None}


def test_a_credential_that_is_declared_once_fills_every_entry_that_names_it() -> None:
    text = """
model_list:
  - {model_name: a, litellm_params: {model: openai/a, litellm_credential_name: shared}}
  - {model_name: b, litellm_params: {model: openai/b, litellm_credential_name: shared, api_base: "https://own.example/v1"}}
credential_list:
  - credential_name: shared
    credential_values: {api_key: os.environ/SHARED_KEY, api_base: "https://shared.example/v1", api_version: "2025-01-01"}
    credential_info: {description: for all}
"""
    loaded = load_text(text, {"SHARED_KEY": "sk-shared"})
    found = [entry.litellm_params for entry in loaded.settings.model_list]
    assert [entry.api_base for entry in found] == ["https://shared.example/v1", "https://own.example/v1"]
    assert [entry.api_key.get_secret_value() for entry in found if entry.api_key] == ["sk-shared", "sk-shared"]
    assert not [warning for warning in loaded.warnings if "credential_list" in warning or "credential_name" in warning]


def test_a_credential_that_is_declared_nowhere_is_a_mistake() -> None:
    with pytest.raises(ConfigError) as caught:
        load_text(MODEL % ", litellm_credential_name: lost", {})
    (mistake,) = caught.value.mistakes
    assert (mistake.where, mistake.line) == ("model_list[0].litellm_params.litellm_credential_name", 1)
    assert mistake.what == "lost is not in credential_list"


@pytest.mark.parametrize("section", ["credential_list: 3", "credential_list: [3, {credential_name: x}]", "credential_list:"])
def test_a_credential_list_that_cannot_be_read_fills_nothing(section: str) -> None:
    assert params(MODEL % "" + section, {}) == {"api_base": None, "api_key": None}


def test_the_files_own_variables_are_seen_by_references_and_win_over_the_environments() -> None:
    text = MODEL % ", api_key: os.environ/KEY, api_base: os.environ/BASE" + (
        "environment_variables: {KEY: sk-file, BASE: os.environ/REAL_BASE, OTHER: 5, LOST: os.environ/NOWHERE}"
    )
    environ = {"KEY": "sk-environ", "REAL_BASE": "http://real.example/v1"}
    assert params(text, environ) == {"api_base": "http://real.example/v1", "api_key": "sk-file"}
    assert load_text(text, environ).warnings == ("line 2, environment_variables: ignored, Evenhand has no LOST, OTHER",)


def test_openais_own_address_gets_openais_usual_key_where_none_is_named() -> None:
    usual = {"OPENAI_API_KEY": "sk-usual"}
    assert params(MODEL % "", usual)["api_key"] == "sk-usual"
    assert params((MODEL % "").replace("openai/m", "gpt-4o"), usual)["api_key"] == "sk-usual"
    assert params(MODEL % "", {})["api_key"] is None
    assert params(MODEL % "" + "environment_variables: {OPENAI_API_KEY: sk-file}", {})["api_key"] == "sk-file"


@pytest.mark.parametrize("more", ["api_base: http://127.0.0.1:8000/v1", "pass_through_auth: true", "api_key: sk-own"])
def test_nothing_else_gets_openais_usual_key(more: str) -> None:
    assert params(MODEL % f", {more}", {"OPENAI_API_KEY": "sk-usual"})["api_key"] in (None, "sk-own")


def test_sections_for_which_litellm_has_other_uses_are_ignored_by_name() -> None:
    loaded = load_text(MODEL % "" + "sandbox_tools: []\npolicy_attachments: [{policy: x}]\nworker_registry: []", {})
    assert [warning.split(":")[0] for warning in loaded.warnings] == [
        "line 2, sandbox_tools",
        "line 3, policy_attachments",
        "line 4, worker_registry",
    ]


def test_a_provider_beside_the_model_is_put_before_it() -> None:
    text = MODEL.replace("openai/m", "org/m") % ", custom_llm_provider: openai, api_base: http://127.0.0.1:8000/v1"
    loaded = load_text(text, {})
    assert loaded.settings.model_list[0].litellm_params.model == "openai/org/m"
    assert loaded.warnings == ()
    assert load_text(text.replace("org/m", "openai/m"), {}).settings.model_list[0].litellm_params.model == "openai/m"


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("claude-sonnet-4-5", "claude-sonnet-4-5 names no provider and goes to OpenAI → write anthropic/claude-sonnet-4-5"),
        ('"*"', "every name goes to OpenAI, whoever makes the model → add an entry for each provider, such as anthropic/*"),
    ],
)
def test_a_name_by_which_litellm_finds_another_maker_is_warned_of(model: str, told: str) -> None:
    text = MODEL.replace("openai/m", model).replace("model_name: m", 'model_name: "*"')
    assert load_text(text % "", {}).warnings == (f"line 1, model_list[0].litellm_params.model: {told}",)
    assert load_text(text % ", api_base: http://127.0.0.1:8000/v1", {}).warnings == ()


def test_a_master_key_that_only_the_environment_has_is_warned_of() -> None:
    environ = {"LITELLM_MASTER_KEY": "sk-master"}
    (told,) = load_text(MODEL % "", environ).warnings
    assert told.startswith("general_settings: LITELLM_MASTER_KEY is set in the environment, and no key is asked for → write ")
    assert load_text(MODEL % "" + "general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}", environ).warnings == ()


ROUTED = """
model_list:
  - {model_name: gpt-4o, litellm_params: {model: openai/gpt-4o, api_key: sk-1, rpm: 900, tpm: 20000, timeout: 60, stream_timeout: 5}}
  - {model_name: gpt-4o, litellm_params: {model: openai/gpt-4o, api_key: sk-2, rpm: 100}}
  - {model_name: other, litellm_params: {model: openai/other, api_key: sk-3, weight: 2}}
router_settings:
  routing_strategy: simple-shuffle
  num_retries: 2
  timeout: 30
  allowed_fails: 1
  cooldown_time: 30
  fallbacks: [{gpt-4o: [other]}]
  default_fallbacks: [gpt-4o]
"""


def test_what_litellm_says_of_retries_fallbacks_and_weights_is_used_without_a_warning() -> None:
    loaded = load_text(ROUTED, {})
    assert loaded.warnings == ()
    router = loaded.settings.router_settings
    assert (router.num_retries, router.allowed_fails, router.cooldown_time, router.timeout) == (2, 1, 30, 30)
    assert router.fallbacks_of("gpt-4o") == ["other"]
    assert router.fallbacks_of("other") == ["gpt-4o"]


def test_litellm_settings_speak_for_the_router_where_it_is_silent() -> None:
    shared = """
litellm_settings: {num_retries: 3, request_timeout: 10, allowed_fails: 5, fallbacks: [{m: [n]}], default_fallbacks: [m], drop_params: true}
router_settings: {num_retries: 1, fallbacks: null}
"""
    loaded = load_text(
        "model_list: [{model_name: m, litellm_params: {model: a}}, {model_name: n, litellm_params: {model: b}}]" + shared, {}
    )
    router = loaded.settings.router_settings
    assert (router.num_retries, router.allowed_fails, router.timeout) == (1, 5, 10)
    assert (router.fallbacks, router.default_fallbacks) == ([], ["m"])
    assert loaded.warnings == ("line 2, litellm_settings: ignored, Evenhand has no drop_params",)


@pytest.mark.parametrize("section", ["litellm_settings: {num_retries: null}", "litellm_settings: {num_retries: 2}"])
def test_a_file_without_router_settings_may_have_those_of_litellm(section: str) -> None:
    assert load_text(MODEL % "" + section, {}).settings.router_settings.num_retries == (2 if "2" in section else None)


def test_litellm_settings_that_cannot_be_read_are_a_mistake() -> None:
    with pytest.raises(ConfigError, match="litellm_settings"):
        load_text(MODEL % "" + "litellm_settings: 3", {})
