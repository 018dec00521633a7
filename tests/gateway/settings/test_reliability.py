"""Settings for failing upstreams that can be run but are hardly meant."""

import pytest

from gateway.settings import ConfigError, LiteLLMParams, RouterSettings, load_text
from gateway.settings.reliability import measure_of

MODELS = """
model_list:
  - {model_name: a, litellm_params: {model: openai/a%s}}
  - {model_name: a, litellm_params: {model: openai/b%s}}
  - {model_name: "team-*", litellm_params: {model: openai/*}}
"""


def warnings(router: str, first: str = "", second: str = "") -> tuple[str, ...]:
    return load_text(MODELS % (first, second) + f"router_settings: {router}", {}).warnings


def test_a_fallback_that_leads_nowhere_is_told_with_its_line() -> None:
    (told,) = warnings("{fallbacks: [{a: [team-x, lost]}], default_fallbacks: [a]}")
    assert told == "line 6, router_settings.fallbacks[0].a: lost is not a model_name and is passed over → one of: a, team-*"
    (told,) = warnings("{default_fallbacks: [lost]}")
    assert told.startswith("line 6, router_settings.default_fallbacks[0]: lost is not a model_name")


def test_a_pattern_as_a_fallback_is_told() -> None:
    (told,) = warnings("{default_fallbacks: ['team-*']}")
    assert "team-* names no single model and is passed over" in told


def test_a_fallback_from_a_model_that_nobody_serves_is_told() -> None:
    (told,) = warnings("{fallbacks: [{lost: [a]}, {'*': [a]}]}")
    assert "lost is not a model_name, so nothing ever falls back from it" in told


def test_another_strategy_than_by_weight_is_told() -> None:
    assert warnings("{routing_strategy: simple-shuffle}") == ()
    (told,) = warnings("{routing_strategy: least-busy}")
    assert "deployments are chosen by weight, not by least-busy" in told


def test_measures_that_only_some_deployments_have_are_told() -> None:
    assert warnings("{}", ", rpm: 1", ", rpm: 2") == ()
    assert warnings("{}", ", rpm: 1, weight: 2") == ()
    (told,) = warnings("{}", ", rpm: 1", ", tpm: 2")
    assert told == "line 3, model_list[0]: not every deployment of a has rpm or tpm, so each gets an equal share → give each a weight"


@pytest.mark.parametrize(
    ("settings", "measure"),
    [
        ([{}, {}], None),
        ([{"weight": 2}, {"rpm": 5}], "weight"),
        ([{"rpm": 2, "tpm": 1}, {"rpm": 5, "tpm": 9}], "rpm"),
        ([{"rpm": 2, "tpm": 1}, {"tpm": 9}], "tpm"),
        ([{"rpm": 2}, {"tpm": 9}], None),
    ],
)
def test_weights_go_before_requests_and_those_before_tokens_where_all_have_them(
    settings: list[dict[str, float]], measure: str | None
) -> None:
    assert measure_of([LiteLLMParams(model="m", **each) for each in settings]) == measure  # type: ignore[arg-type]


def test_the_most_particular_list_of_fallbacks_is_used() -> None:
    router = RouterSettings.model_validate({"fallbacks": [{"a": ["b"]}, {"*": ["c"]}], "default_fallbacks": ["d"]})
    assert router.fallbacks_of("a", "team-*") == ["b"]
    assert router.fallbacks_of("team-x", "team-*") == ["c"]
    assert RouterSettings(default_fallbacks=["d"]).fallbacks_of("x") == ["d"]


@pytest.mark.parametrize("router", ["{num_retries: -1}", "{fallbacks: [a]}", "{allowed_fails: many}", "{cooldown_time: .inf}"])
def test_nonsense_is_a_mistake(router: str) -> None:
    with pytest.raises(ConfigError):
        warnings(router)


def test_more_deployments_than_labels_are_refused() -> None:
    entry = "  - {model_name: a, litellm_params: {model: openai/a}}\n"
    with pytest.raises(ConfigError, match="201 entries"):
        load_text("model_list:\n" + entry * 201, {})
    assert len(load_text("model_list:\n" + entry * 200, {}).settings.model_list) == 200
