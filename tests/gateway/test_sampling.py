"""Which exchanges are sampled, and why the others are not."""

import tracemalloc
from typing import Any

import pytest

from gateway.exchange import chance
from gateway.routing import Deployment, Router
from gateway.sampling import NO_ROUTE, REMEMBERED_KEYS, Decision, Sampler
from gateway.settings import Settings
from tests.ids import new_exchange_id

SECRET = b"s" * 32
UPSTREAM = {"model": "openai/*", "api_base": "http://127.0.0.1:1/v1"}
MODELS = [
    {"model_name": "support", "litellm_params": {**UPSTREAM, "model": "openai/m"}},
    {"model_name": "letters", "litellm_params": {**UPSTREAM, "model": "openai/m"}},
    {"model_name": "borrowed", "litellm_params": {**UPSTREAM, "model": "openai/m", "pass_through_auth": True}},
    {"model_name": "lent", "litellm_params": {**UPSTREAM, "model": "openai/m", "pass_through_auth": True, "shadow_api_key": "k"}},
    {"model_name": "*", "litellm_params": UPSTREAM},
]
ROUTES = [
    {"name": "ats", "match": {"models": ["support"], "headers": {"X-App": "ats"}}},
    {"name": "two", "match": {"headers": {"x-app": "two", "x-kind": "b"}}},
    {"name": "support", "match": {"models": ["support", "borrowed", "lent"]}},
    {"name": "any-other", "match": {"models": ["*"]}},
]


def settings_with(**monitor: Any) -> Settings:
    return Settings.model_validate({"model_list": MODELS, "monitor": {"sample_rate": 1.0, "routes": ROUTES, **monitor}})


def deployment(model: str) -> Deployment:
    return Router(settings_with()).resolve(model)


def decide(sampler: Sampler, model: str = "support", endpoint: str = "chat_completions", **headers: str) -> Decision:
    raw = [(b"host", b"gateway")] + [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return sampler.decide(new_exchange_id(), endpoint, deployment(model), raw)


@pytest.fixture
def sampler() -> Sampler:
    return Sampler(settings_with(), SECRET)


def test_an_exchange_that_matches_a_route_is_sampled(sampler: Sampler) -> None:
    assert decide(sampler) == Decision("support", None)
    assert decide(sampler, endpoint="completions") == Decision("support", None)


def test_the_first_route_whose_model_and_headers_match_takes_the_exchange(sampler: Sampler) -> None:
    assert decide(sampler, x_app="ats").route == "ats"
    assert decide(sampler, x_app="other").route == "support"
    assert decide(sampler, "letters", x_app="ats") == Decision(NO_ROUTE, "ineligible")


def test_a_route_needs_every_one_of_its_headers(sampler: Sampler) -> None:
    assert decide(sampler, "letters", x_app="two", x_kind="b").route == "two"
    assert decide(sampler, "letters", x_app="two").route == NO_ROUTE


def test_models_match_by_their_configured_name_also_behind_a_wildcard(sampler: Sampler) -> None:
    assert decide(sampler, "gpt-4o").route == "any-other"
    assert decide(sampler, "letters").route == NO_ROUTE


def test_nothing_is_eligible_without_a_monitor() -> None:
    without = Sampler(Settings.model_validate({"model_list": MODELS}), SECRET)
    assert decide(without) == Decision(NO_ROUTE, "ineligible")


@pytest.mark.parametrize("endpoint", ["embeddings", "images", "audio", "models", "_other"])
def test_an_endpoint_without_text_is_ineligible(sampler: Sampler, endpoint: str) -> None:
    assert decide(sampler, endpoint=endpoint) == Decision("support", "ineligible")


def test_a_model_that_only_the_clients_key_opens_is_ineligible(sampler: Sampler) -> None:
    assert decide(sampler, "borrowed") == Decision("support", "ineligible")
    assert decide(sampler, "lent") == Decision("support", None)


def test_a_client_can_keep_a_request_out_of_the_sample(sampler: Sampler) -> None:
    assert decide(sampler, x_evenhand_sample="never") == Decision("support", "not_sampled")
    assert decide(sampler, x_evenhand_sample=" Never").fate == "not_sampled"
    assert decide(sampler, x_evenhand_sample="always").fate is None


@pytest.mark.parametrize(
    ("count", "fate"), [("0", None), ("00", None), ("1", "not_sampled"), ("02", "not_sampled"), ("", None), ("x", None)]
)
def test_a_clients_retry_is_not_sampled(sampler: Sampler, count: str, fate: str | None) -> None:
    assert decide(sampler, x_stainless_retry_count=count).fate == fate


def test_a_repeated_idempotency_key_is_not_sampled(sampler: Sampler) -> None:
    assert decide(sampler, idempotency_key="a").fate is None
    assert decide(sampler, idempotency_key="b").fate is None
    assert decide(sampler, idempotency_key="a").fate == "not_sampled"


def test_a_repeat_has_no_second_chance_even_when_the_hash_passed_over_the_first() -> None:
    half = Sampler(settings_with(sample_rate=0.5), SECRET)
    fates = [[decide(half, idempotency_key=f"k{number}").fate for number in range(60)] for _ in range(2)]
    assert {None, "not_sampled"} == set(fates[0])
    assert {"not_sampled"} == set(fates[1])


def test_only_a_bounded_number_of_idempotency_keys_is_remembered(sampler: Sampler) -> None:
    served = deployment("support")
    tracemalloc.start()
    for number in range(5 * REMEMBERED_KEYS):
        sampler.decide("ex_", "chat_completions", served, [(b"idempotency-key", b"%d" % number * 50)])
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size < 4_000_000
    assert decide(sampler, idempotency_key=str(5 * REMEMBERED_KEYS - 1) * 50).fate == "not_sampled"
    assert decide(sampler, idempotency_key="0" * 50).fate is None


def test_the_share_sampled_is_the_rate_and_is_drawn_from_the_id_alone() -> None:
    sampler, again = Sampler(settings_with(sample_rate=0.1), SECRET), Sampler(settings_with(sample_rate=0.1), SECRET)
    other = Sampler(settings_with(sample_rate=0.1), b"another secret")
    ids = [f"ex_{number:032x}" for number in range(4_000)]
    served = deployment("support")
    drawn = [[s.decide(each, "chat_completions", served, []).fate is None for each in ids] for s in (sampler, again, other)]
    assert drawn[0] == drawn[1] == [chance(SECRET, "sample", each) < 0.1 for each in ids]
    assert drawn[0] != drawn[2]
    assert 320 <= sum(drawn[0]) <= 480  # 400 ± 4 standard deviations


def test_a_rate_of_nought_samples_nothing() -> None:
    assert decide(Sampler(settings_with(sample_rate=0.0), SECRET)).fate == "not_sampled"


def test_a_decision_leaves_no_allocation_behind() -> None:
    sampler = Sampler(settings_with(sample_rate=0.0), SECRET)
    served, headers = deployment("support"), [(b"content-type", b"application/json")] * 15
    sampler.decide("ex_1", "chat_completions", served, headers)
    tracemalloc.start()
    for _ in range(1_000):
        sampler.decide("ex_1", "chat_completions", served, headers)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 2_000


def test_idempotency_keys_are_remembered_beyond_a_change_of_the_configuration(sampler: Sampler) -> None:
    assert decide(sampler, idempotency_key="a").fate is None
    following = Sampler(settings_with(sample_rate=1), SECRET, predecessor=sampler)
    assert decide(following, idempotency_key="a").fate == "not_sampled"
    assert decide(following, idempotency_key="b").fate is None
