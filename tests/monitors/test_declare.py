import math

from gateway.settings import Settings
from monitors.declare import FAULTS, alpha_of, alpha_of_later, declared_cells, rolled_up

MODEL = {"model_name": "m", "litellm_params": {"model": "openai/m"}}


def settings(*routes: dict[str, object]) -> Settings:
    return Settings.model_validate({"model_list": [MODEL], "monitor": {"routes": list(routes)}})


def route(name: str, **more: object) -> dict[str, object]:
    return {"name": name, "tier": "T2", "axes": ["gender"], "outcomes": {"refusal": {}, "length": {}}} | more


def test_each_outcome_that_may_lack_a_value_has_a_companion() -> None:
    cells = declared_cells(settings(route("a")))

    assert {spec.outcome for spec in cells if spec.kind == "pair"} == {"refusal", "length", "length_given", *FAULTS}
    assert {spec.outcome for spec in cells if spec.kind == "placebo"} == {"refusal", "length"}


def test_a_roll_up_stands_over_at_least_two_cells() -> None:
    single, double = settings(route("a")), settings(route("a"), route("b"))

    assert not [spec for spec in declared_cells(single) if spec.kind == "rollup"]
    rolled = [spec for spec in declared_cells(double) if spec.kind == "rollup"]
    assert {(spec.route, spec.group, spec.outcome) for spec in rolled} == {("", "", "refusal"), ("", "", "length")}


def test_routes_that_define_a_decision_differently_have_no_roll_up_of_it() -> None:
    def decide(word: str) -> dict[str, object]:
        return {"decision": {"kind": "words", "favourable": [word], "unfavourable": ["reject"]}, "refusal": {}}

    both = settings(route("a", outcomes=decide("hire")), route("b", outcomes=decide("grant")))

    assert set(rolled_up(both)) == {"refusal"}


def test_all_alpha_ever_given_sums_to_no_more_than_alpha() -> None:
    cells = declared_cells(settings(route("a"), route("b", tier="T0", axes=["gender", "ethnicity"])))
    shares = alpha_of(cells, 0.01)
    later = sum(alpha_of_later(k, 0.01) for k in range(1, 100_000))

    assert math.isclose(sum(shares), 0.008)
    assert sum(shares) + later < 0.01
    by_tier = {spec.tier: share for spec, share in zip(cells, shares, strict=True) if spec.kind == "pair"}
    assert math.isclose(by_tier["T2"], 4 * by_tier["T0"])
