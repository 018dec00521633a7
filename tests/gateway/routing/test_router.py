from typing import Any

import pytest
import yaml

from gateway.errors import GatewayError
from gateway.routing import Router
from gateway.settings import load_text


def router(*entries: tuple[str, dict[str, Any]], **general: Any) -> Router:
    models = [{"model_name": name, "litellm_params": params} for name, params in entries]
    return Router(load_text(yaml.safe_dump({"model_list": models, "general_settings": general}), {}).settings)


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
    through = {"pass_through_auth": True, "api_key": "k"}
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
