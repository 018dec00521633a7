"""A configuration of LiteLLM's proxy loads as it is; what has no counterpart is named, once a section."""

from gateway.settings import load_text

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
        "line 4, model_list[0].litellm_params: ignored, Evenhand has no aws_secret_access_key, rpm, temperature",
        "line 16, router_settings: ignored, Evenhand has no fallbacks, redis_password, routing_strategy",
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
