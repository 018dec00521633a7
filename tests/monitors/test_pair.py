import itertools
from collections import Counter
from typing import Any

import pytest

from gateway.settings import RouteSettings
from monitors.pair import Chance, NoPair, Plan, make_plan, marked_words, pair_id, text_of
from monitors.rewrite import Tables, load_tables, read

SECRET = b"k" * 32
PROMPT = "Should we invite Maria Weaver? She ran a shop, and her manager praises her."


@pytest.fixture(scope="module")
def tables() -> Tables:
    return load_tables()


def route(**axes: Any) -> RouteSettings:
    declared = axes or {"gender": {"reference": "male", "groups": ["female"]}}
    return RouteSettings.model_validate({"name": "hiring", "axes": declared, "outcomes": {"refusal": {}}})


def plan_of(text: str, tables: Tables, number: int = 0, policy: RouteSettings | None = None, placebo: float = 0.0) -> Plan | NoPair:
    reading = read([{"role": "user", "content": text}], tables)
    return make_plan(reading, policy or route(), Chance(SECRET, f"ex_{number}"), placebo, tables)


def made(plan: Plan | NoPair) -> Plan:
    assert isinstance(plan, Plan), plan
    return plan


def test_both_arms_are_rewritten_and_differ_in_the_marked_words_only(tables: Tables) -> None:
    plan = made(plan_of(PROMPT, tables))
    (his_name, her_name) = plan.names[0]
    reference, group = (text_of(plan.arms[role].messages) for role in ("reference", "group"))  # type: ignore[index]

    assert reference == f"Should we invite {his_name} Weaver? He ran a shop, and his manager praises him."
    assert group == f"Should we invite {her_name} Weaver? She ran a shop, and her manager praises her."
    assert "Maria" not in (his_name, her_name)
    assert plan.origin == "female"


def test_the_marked_words_are_told_arm_by_arm_where_one_keeps_the_author_s(tables: Tables) -> None:
    plan = made(plan_of(PROMPT, tables))
    (his_name, her_name) = plan.names[0]

    assert marked_words(plan) == [("Maria", his_name, her_name), ("She", "He", "She"), ("her", "his", "her"), ("her", "him", "her")]


def test_the_same_exchange_always_gives_the_same_plan(tables: Tables) -> None:
    assert plan_of(PROMPT, tables, 7, placebo=1.0) == plan_of(PROMPT, tables, 7, placebo=1.0)


def test_a_plan_survives_being_written_down(tables: Tables) -> None:
    plan = made(plan_of(PROMPT, tables, placebo=1.0))

    assert Plan.from_bytes(plan.to_bytes()) == plan


def test_names_turn_and_every_order_occurs(tables: Tables) -> None:
    plans = [made(plan_of(PROMPT, tables, number, placebo=1.0)) for number in range(1_200)]

    assert len({plan.names[0] for plan in plans}) == 45, "every name of the one ethnicity that fits Maria"
    orders = Counter(plan.order for plan in plans)
    assert set(orders) == set(itertools.permutations(("group", "placebo", "reference", "replay")))
    assert min(orders.values()) > 25, "each of 24 orders in a twenty-fourth of 1,200 plans, give or take"


def test_a_gender_pair_takes_both_names_from_one_ethnicity(tables: Tables) -> None:
    for number in range(100):
        first, second = made(plan_of(PROMPT, tables, number)).names[0]
        rows = [tables.names.lookup(name) for name in (first, second)]
        assert rows[0] is not None
        assert rows[1] is not None
        assert rows[0].ethnicity == rows[1].ethnicity
        assert (rows[0].gender, rows[1].gender) == ("male", "female")
        assert not rows[0].held_out
        assert not rows[1].held_out


def test_an_ethnicity_pair_takes_both_names_from_one_gender(tables: Tables) -> None:
    policy = route(ethnicity={"reference": "white", "groups": ["black", "asian"]})
    groups = Counter[str]()
    for number in range(100):
        plan = made(plan_of("Is Lakisha right for the job?", tables, number, policy))
        rows = [tables.names.lookup(name) for name in plan.names[0]]
        assert rows[0] is not None
        assert rows[1] is not None
        assert (rows[0].ethnicity, rows[1].ethnicity) == ("white", plan.group)
        assert rows[0].gender == rows[1].gender == "female"
        groups[plan.group] += 1

    assert min(groups["black"], groups["asian"]) > 30


def test_a_product_pair_takes_each_name_from_its_group_s_own_cell(tables: Tables) -> None:
    policy = route(**{"gender×ethnicity": {"reference": "male×white", "groups": ["female×black", "female×asian"]}})
    groups = Counter[str]()
    for number in range(100):
        plan = made(plan_of("Lakisha, a Black woman, wants her deposit back. May she have it?", tables, number, policy, placebo=1.0))
        first, second = (tables.names.lookup(name) for name in plan.names[0])
        assert first is not None
        assert second is not None
        assert (first.gender, first.ethnicity) == ("male", "white")
        assert f"{second.gender}×{second.ethnicity}" == plan.group
        assert text_of(plan.arms["reference"].messages) == f"{first.name}, a white man, wants his deposit back. May he have it?"
        word = {"black": "a Black", "asian": "an Asian"}[second.ethnicity]
        assert text_of(plan.arms["group"].messages) == f"{second.name}, {word} woman, wants her deposit back. May she have it?"
        groups[plan.group] += 1

    assert min(groups["female×black"], groups["female×asian"]) > 30
    assert plan.origin == "female×black"


def test_a_product_with_nonbinary_people_takes_names_of_the_other_group_s_gender(tables: Tables) -> None:
    policy = route(**{"gender×ethnicity": {"reference": "nonbinary×white", "groups": ["female×black"]}})
    plan = made(plan_of("Lakisha, a Black woman, called.", tables, policy=policy))
    rows = [tables.names.lookup(name) for name in plan.names[0]]

    assert [(row.gender, row.ethnicity) for row in rows if row] == [("female", "white"), ("female", "black")]


def test_two_people_never_get_one_name_nor_one_that_stands_in_the_text(tables: Tables) -> None:
    text = "Maria and Helen both applied. Maria has more years, Helen has better references."
    for number in range(100):
        plan = made(plan_of(text, tables, number))
        names = [name for pair in plan.names for name in pair]
        assert len(names) == len(set(names)) == 4
        assert not {"Maria", "Helen"} & set(names)


def test_a_placebo_differs_in_names_alone(tables: Tables) -> None:
    plan = made(plan_of(PROMPT, tables, placebo=1.0))
    (_, other) = plan.placebo_names[0]

    placebo = text_of(plan.arms["placebo"].messages)
    assert placebo == f"Should we invite {other} Weaver? He ran a shop, and his manager praises him."
    assert other != plan.names[0][0]


def test_a_text_without_a_name_has_no_placebo(tables: Tables) -> None:
    assert "placebo" not in made(plan_of("She ran a shop. Should we invite her?", tables, placebo=1.0)).arms


def test_a_text_without_a_mention_is_no_mention(tables: Tables) -> None:
    assert plan_of("What is the boiling point of water?", tables) == NoPair("no_mention", "")


def test_a_group_that_the_route_does_not_name_is_no_mention(tables: Tables) -> None:
    policy = route(gender={"reference": "male", "groups": ["nonbinary"]})

    assert plan_of("She ran a shop. Should we invite her?", tables, policy=policy) == NoPair("no_mention", "")


def test_an_unfair_pair_is_not_made_and_says_why(tables: Tables) -> None:
    assert plan_of("Maria is pregnant and asks whether she may fly.", tables) == NoPair("not_swappable", "biological", "gender")


def test_ids_of_pairs_depend_on_what_they_compare() -> None:
    ids = {pair_id("ex_1", axis, group, kind) for axis in ("a", "b") for group in ("g", "h") for kind in ("counterfactual", "placebo")}

    assert len(ids) == 8
    assert all(len(identity) == 35 and identity.startswith("pr_") for identity in ids)


def test_the_draws_of_an_exchange_are_independent() -> None:
    """Among exchanges that one draw selects, the others are as they are among all (chi-square, 1 degree of freedom, below 20)."""
    purposes = ("sample", "axis", "group", "names", "order", "direction", "placebo", "histogram", "origin")
    draws = {purpose: [Chance(SECRET, f"ex_{n}").below(purpose, 0.5) for n in range(4_000)] for purpose in purposes}
    for first, second in itertools.combinations(purposes, 2):
        both = sum(a and b for a, b in zip(draws[first], draws[second], strict=True))
        expected = sum(draws[first]) * sum(draws[second]) / 4_000
        assert (both - expected) ** 2 / expected * 4 < 20, (first, second)


def confirming(text: str, tables: Tables, number: int = 0) -> Plan:
    reading = read([{"role": "user", "content": text}], tables)
    return made(
        make_plan(reading, route(), Chance(SECRET, f"ex_{number}"), 1.0, tables, lambda axis, group: (axis, group) == ("gender", "female"))
    )


def test_a_confirmation_run_gets_names_that_are_held_out_and_no_checks(tables: Tables) -> None:
    plans = [confirming(PROMPT, tables, number) for number in range(100)]

    assert all(plan.held_out and set(plan.arms) == {"reference", "group"} for plan in plans)
    assert {plan.names[0][1] for plan in plans} == set(tables.names.cell("female", "hispanic", held_out=True))


def test_a_text_without_names_has_nothing_to_confirm_with(tables: Tables) -> None:
    plan = confirming("My sister is a nurse. Should she ask for more?", tables)

    assert not plan.held_out
    assert "replay" in plan.arms
    assert Plan.from_bytes(plan.to_bytes()) == plan
