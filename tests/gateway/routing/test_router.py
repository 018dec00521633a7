from typing import Any

import pytest
import yaml

from gateway.errors import GatewayError
from gateway.routing import Router
from gateway.settings import load_text


def router(*entries: tuple[str, dict[str, Any]], routing: dict[str, Any] | None = None, **general: Any) -> Router:
    models = [{"model_name": name, "litellm_params": params} for name, params in entries]
    document = {"model_list": models, "general_settings": general, "router_settings": routing or {}}
    return Router(load_text(yaml.safe_dump(document), {}).settings)


def entry(name: str, model: str, base: str = "http://a/v1", **more: Any) -> tuple[str, dict[str, Any]]:
    return name, {"model": model, "api_base": base, **more}


def test_an_exact_name_wins_over_wildcards_and_a_longer_wildcard_over_a_shorter() -> None:
    found = router(entry("*", "openai/*"), entry("team-*", "openai/t-*", "http://b/v1"), entry("team-a", "openai/x", "http://c/v1"))
    assert found.resolve("team-a").api_base == "http://c/v1"
    assert found.resolve("team-b").api_base == "http://b/v1"
    assert found.resolve("other").api_base == "http://a/v1"


@pytest.mark.parametrize(
    ("name", "model", "asked", "upstream"),
    [
        ("support", "openai/gpt-4o-mini", "support", "gpt-4o-mini"),
        ("*", "openai/*", "gpt-4o", "gpt-4o"),
        ("openai/*", "openai/*", "openai/gpt-4o", "gpt-4o"),
        ("*", "openai/gpt-4o", "anything", "gpt-4o"),
        ("team-*", "openai/org/*-v2", "team-x", "org/x-v2"),
        ("*", "openai/*", "meta/llama", "meta/llama"),
    ],
)
def test_the_upstream_is_asked_for_what_the_star_matched(name: str, model: str, asked: str, upstream: str) -> None:
    found = router(entry(name, model)).resolve(asked)
    assert (found.model, found.upstream_model) == (name, upstream)


def test_an_unknown_model_is_404_as_openai_gives_it() -> None:
    with pytest.raises(GatewayError) as refused:
        router(entry("a", "openai/a")).resolve("b")
    assert (refused.value.status, refused.value.code, refused.value.param) == (404, "model_not_found", "model")


def test_a_request_without_a_model_goes_to_the_default_then_the_star_then_the_only_upstream() -> None:
    a, b, star = entry("a", "openai/a"), entry("b", "openai/b", "http://b/v1"), entry("*", "openai/*", "http://c/v1")
    assert router(a, b, star, default_model="b").resolve(None).model == "b"
    assert router(a, b, star).resolve(None).model == "*"
    assert router(a, b, star).resolve(None).upstream_model is None
    assert router(a).resolve(None).model == "a"
    with pytest.raises(GatewayError) as refused:
        router(a, b).resolve(None)
    assert "general_settings.default_model" in refused.value.message


def test_no_number_of_names_makes_the_router_grow_without_bound() -> None:
    found = router(entry("*", "openai/*"))
    for number in range(3000):
        found.resolve(f"name-{number}")
    assert len(found._matched) <= 1024


def test_a_pass_through_model_cannot_be_replayed_without_a_shadow_key() -> None:
    through: dict[str, Any] = {"pass_through_auth": True, "api_key": "k"}
    found = router(
        entry("a", "openai/a", **through), entry("b", "openai/b", **through, shadow_api_key="s"), entry("c", "openai/c", api_key="k")
    )
    assert [found.resolve(name).can_replay for name in "abc"] == [False, True, True]
    assert [found.resolve(name).replay_key for name in "bc"] == ["s", "k"]


def test_a_deployment_is_found_by_its_id() -> None:
    found = router(entry("a", "openai/a"))
    assert found.by_id(found.resolve("a").id) == found.resolve("a")
    assert found.by_id("a") is None


@pytest.mark.parametrize("other", [entry("a", "openai/a", "http://b/v1"), entry("a", "openai/b")])
def test_another_address_or_model_behind_a_name_is_another_deployment(other: tuple[str, dict[str, Any]]) -> None:
    assert router(other).resolve("a").id != router(entry("a", "openai/a")).resolve("a").id


def test_a_model_without_api_base_is_openais() -> None:
    assert router(("gpt", {"model": "openai/gpt"})).resolve("gpt").api_base == "https://api.openai.com/v1"


def ids(found: Router, name: str | None) -> list[list[str]]:
    return [[each.id.partition("@")[0] for each in stage] for stage in found.find(name).stages]


def test_entries_of_one_name_are_its_deployments_each_with_an_id_of_its_own() -> None:
    one = entry("a", "openai/x", api_key="1")
    found = router(one, entry("b", "openai/b"), entry("a", "openai/x", "http://b/v1"), entry("a", "openai/x", api_key="2"))
    (stage,) = found.find("a").stages
    assert [each.api_base for each in stage] == ["http://a/v1", "http://b/v1", "http://a/v1"]
    assert stage[2].id == f"{stage[0].id}#2"
    assert stage[0].id == router(one).resolve("a").id, "a second entry changes nothing about the first"
    assert found.names == ["a", "b"]
    assert found.find("a").only is None
    assert found.find("b").only == found.resolve("b")


@pytest.mark.parametrize(
    ("measures", "weights"),
    [
        ([{"weight": 3, "rpm": 1}, {"rpm": 9}], [3, 1]),
        ([{"rpm": 900, "tpm": 1}, {"rpm": 100, "tpm": 1}], [900, 100]),
        ([{"rpm": 900, "tpm": 7}, {"tpm": 2}], [7, 2]),
        ([{"rpm": 900}, {}], [1, 1]),
        ([{"weight": 0}, {"weight": 2}], [0, 2]),
    ],
)
def test_weights_are_litellms(measures: list[dict[str, Any]], weights: list[float]) -> None:
    (stage,) = router(*(entry("a", "openai/a", **each) for each in measures)).find("a").stages
    assert [each.weight for each in stage] == weights


def test_a_models_times_go_before_the_routers_and_a_streams_before_the_whole_ones() -> None:
    found = router(
        entry("a", "openai/a"),
        entry("b", "openai/b", timeout=9),
        entry("c", "openai/c", timeout=9, stream_timeout=2),
        routing={"timeout": 30, "stream_timeout": 5},
    )
    times = [(found.resolve(name).timeout, found.resolve(name).stream_timeout) for name in "abc"]
    assert times == [(30, 5), (9, 9), (9, 2)]
    assert router(entry("a", "openai/a")).resolve("a").stream_timeout is None


def test_fallbacks_are_stages_behind_the_models_own_in_order_once_each_and_never_itself() -> None:
    models = [entry("a", "openai/a"), entry("b", "openai/b"), entry("b", "openai/b2"), entry("c", "openai/c")]
    found = router(*models, routing={"fallbacks": [{"a": ["c", "lost", "b", "a", "c", "*"]}], "default_fallbacks": ["a"]})
    assert ids(found, "a") == [["a"], ["c"], ["b", "b"]]
    assert ids(found, "b") == [["b", "b"], ["a"]]
    assert found.find("a").only is None


def test_a_wildcard_has_deployments_and_fallbacks_too() -> None:
    models = [entry("gpt-*", "openai/gpt-*"), entry("gpt-*", "openai/x-*", "http://b/v1"), entry("z", "openai/z")]
    found = router(*models, routing={"fallbacks": [{"gpt-*": ["z"]}, {"gpt-4": ["gpt-3"]}]})
    assert [each.upstream_model for each in found.find("gpt-5").stages[0]] == ["gpt-5", "x-5"]
    assert ids(found, "gpt-5") == [["gpt-*", "gpt-*"], ["z"]]
    assert [each.upstream_model for each in found.find("gpt-4").stages[1]] == ["gpt-3", "x-3"]


def test_requests_without_a_model_all_go_to_one_deployment() -> None:
    twice = [entry("*", "openai/*"), entry("*", "openai/*", "http://b/v1")]
    found = router(*twice, routing={"fallbacks": [{"*": ["x"]}]}).find(None)
    assert found.only is not None
    assert found.only.api_base == "http://a/v1"


def test_what_served_is_found_by_id_and_name_among_deployments_and_fallbacks() -> None:
    models = [entry("a", "openai/a"), entry("a", "openai/a", "http://b/v1"), entry("b", "openai/b"), entry("*", "openai/*", "http://c/v1")]
    found = router(*models, routing={"fallbacks": [{"a": ["b", "gpt-1", "gpt-2"]}]})
    for each in (each for stage in found.find("a").stages for each in stage):
        assert found.serving(each.id, "a") == each
    assert [stage[0].upstream_model for stage in found.find("a").stages] == ["a", "b", "gpt-1", "gpt-2"]
    star = found.resolve("other")
    assert found.serving(star.id, "other") == star


def test_what_is_configured_no_more_is_not_found_and_what_only_lost_its_place_is() -> None:
    a, b, star = entry("a", "openai/a"), entry("b", "openai/b"), entry("*", "openai/*", "http://c/v1")
    before = router(a, b, star, routing={"fallbacks": [{"a": ["b", "gpt-1"]}]})
    _, (second,), (third,) = before.find("a").stages
    after = router(a, b, star)
    assert after.serving(second.id, "a") == second
    assert after.serving(third.id, "a") is None
    assert router(b).serving(before.resolve("a").id, "a") is None
    assert after.serving(after.resolve("anything").id, None) == after.resolve(None)
