"""What a configuration asks of the rewriter and the scorers that they cannot do."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.settings import ConfigError, Mistake, load, load_text
from monitors.checks import unmet
from tests.conftest import ROOT

MODELS = {"model_list": [{"model_name": "m", "litellm_params": {"model": "openai/m"}}]}


def mistakes(**route: Any) -> list[Mistake]:
    document = MODELS | {"monitor": {"routes": [{"name": "r"} | route]}}
    with pytest.raises(ConfigError) as caught:
        load_text(yaml.safe_dump(document), {}, also=unmet)
    return caught.value.mistakes


def test_the_shipped_example_asks_for_nothing_that_cannot_be_done() -> None:
    load(ROOT / "config" / "evenhand.yaml", {}, also=unmet)


def test_without_routes_nothing_is_asked_for() -> None:
    load_text(yaml.safe_dump(MODELS), {}, also=unmet)


def test_an_axis_without_a_lexicon_is_refused_with_the_nearest_one() -> None:
    (mistake,) = mistakes(axes={"genders": {"reference": "male", "groups": ["female"]}})
    assert mistake.where == "monitor.routes[0].axes.genders"
    assert "no axis genders" in mistake.what
    assert mistake.mend == "did you mean gender?"


def test_every_group_that_an_axis_does_not_know_is_named() -> None:
    found = mistakes(axes={"gender": {"reference": "man", "groups": ["female", "xyz"]}})
    assert {mistake.where for mistake in found} == {"monitor.routes[0].axes.gender.reference", "monitor.routes[0].axes.gender.groups[1]"}
    assert all("female, male, nonbinary" in m.mend or "did you mean" in m.mend for m in found)


def test_a_product_of_axes_is_checked_group_by_group() -> None:
    declared = {"reference": "male×white", "groups": ["female×black", "female×asian"]}
    document = MODELS | {"monitor": {"routes": [{"name": "r", "axes": {"gender×ethnicity": declared}}]}}
    load_text(yaml.safe_dump(document, allow_unicode=True), {}, also=unmet)

    (wrong,) = mistakes(axes={"gender×ethnicity": declared | {"groups": ["female×blue"]}})
    assert wrong.where == "monitor.routes[0].axes.gender×ethnicity.groups[0]"
    assert wrong.mend == "did you mean female×black?"
    (wrong,) = mistakes(axes={"gender×colour": declared})
    assert "no axis gender×colour" in wrong.what


def test_any_age_in_figures_is_a_group() -> None:
    document = MODELS | {"monitor": {"routes": [{"name": "r", "axes": {"age": {"reference": "30", "groups": ["65", "old"]}}}]}}
    load_text(yaml.safe_dump(document), {}, also=unmet)


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        ({"decision": {"kind": "words"}}, {"decision.favourable": "is missing", "decision.unfavourable": "is missing"}),
        ({"decision": {"kind": "words", "favourable": [], "unfavourable": ["no"]}}, {"decision.favourable": "cannot be used"}),
        ({"decision": {"kind": "wrods"}}, {"decision.kind": "'wrods' is not known"}),
        ({"decision": {"kind": "yes_no", "words": ["x"]}}, {"decision.words": "not a field of kind yes_no"}),
        (
            {"decision": {"kind": "number", "low": "a", "unt": "EUR"}},
            {"decision.low": "cannot be used", "decision.high": "is missing", "decision.unt": "not a field of kind number"},
        ),
        ({"decision": {"kind": "label"}}, {"decision.labels": "is missing"}),
        ({"decision": {"kind": "label", "labels": {"a": 1, "b": "x"}}}, {"decision.labels.b": "cannot be used"}),
        ({"decision": {"kind": "json"}}, {"decision.as": "is missing", "decision.path": "is missing"}),
        ({"refusals": {}}, {"refusals": "no such outcome"}),
        ({"length": {"a": 1, "b": 2}}, {"length.a": "no fields but tolerance", "length.b": "no fields but tolerance"}),
    ],
)
def test_an_outcome_that_cannot_be_scored_is_refused_field_by_field(outcomes: dict[str, Any], told: dict[str, str]) -> None:
    found = {mistake.where.removeprefix("monitor.routes[0].outcomes."): mistake for mistake in mistakes(outcomes=outcomes)}
    assert found.keys() == told.keys()
    for where, what in told.items():
        assert what in found[where].what
        assert found[where].mend


def test_what_could_not_be_read_is_not_complained_about_twice() -> None:
    found = mistakes(axes={"gender": {"groups": ["female"]}}, outcomes={"decision": 7}, tier="T9")
    assert sorted(mistake.where for mistake in found) == [
        "monitor.routes[0].axes.gender.reference",
        "monitor.routes[0].outcomes.decision",
        "monitor.routes[0].tier",
    ]


def test_the_mistakes_of_both_sides_come_in_one_go() -> None:
    found = mistakes(name="a b", axes={"gendr": {"reference": "male", "groups": ["female"]}}, tolerance=1)
    assert sorted(mistake.where for mistake in found) == [
        "monitor.routes[0].axes.gendr",
        "monitor.routes[0].name",
        "monitor.routes[0].tolerance",
    ]


def test_an_endpoint_that_the_route_does_not_allow_is_refused() -> None:
    judge = {"judge_neutrality": {"api_base": "https://judge.example/v1", "model": "j"}}
    (mistake,) = mistakes(outcomes=judge, allow_external=["other.example"])
    assert mistake.where == "monitor.routes[0].outcomes.judge_neutrality.api_base"
    assert mistake.mend == "add allow_external: [judge.example] to the route if text may go there"
    allowed = MODELS | {"monitor": {"routes": [{"name": "r", "outcomes": judge, "allow_external": ["judge.example"]}]}}
    load_text(yaml.safe_dump(allowed), {}, also=unmet)


def test_a_mistake_in_a_set_of_labels_is_told_once_and_where_it_was_written() -> None:
    (mistake,) = mistakes(outcomes={"recommendation": {"labels": {"care": ["nurse"], "trade": []}}})
    assert mistake.where == "monitor.routes[0].outcomes.recommendation.labels.trade"


@pytest.fixture
def names(tmp_path: Path) -> Path:
    """A copy of the shipped names in which one cell has 20 for alerting."""
    shipped = ROOT / "config" / "names"
    for file in ("given-names.csv", "world-names.csv"):
        (tmp_path / file).write_bytes((shipped / file).read_bytes())
    lines = (shipped / "us-en-2020.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    cell = [line for line in lines if ",male,asian," in line and line.endswith(",0\n")]
    own = tmp_path / "us-en-2025.csv"
    own.write_text("".join(line for line in lines if line not in cell[20:]), encoding="utf-8")
    return own


def own_files(monitor: dict[str, Any]) -> list[Mistake]:
    """The mistakes of a monitor section that names files of the operator's own."""
    try:
        load_text(yaml.safe_dump(MODELS | {"monitor": {"routes": [{"name": "r", "tier": "T0"}]} | monitor}), {}, also=unmet)
    except ConfigError as error:
        return error.mistakes
    return []


def test_few_names_refuse_a_small_tolerance_and_say_which_cell(names: Path) -> None:
    routes = [{"name": "r", "tier": "T2", "outcomes": {"refusal": {}, "not_served": {"tolerance": 0.05}}}]
    (mistake,) = own_files({"names": str(names), "routes": routes})

    assert mistake.where == "monitor.routes[0].outcomes.refusal.tolerance"
    assert mistake.what == (
        "few names, fewer than 30 in a cell (male asian has 20): too few for a tolerance of 0.02 on pairs that differ in names only"
    )
    assert mistake.mend == "list 30 or more names in each cell, or set a tolerance of 0.05 or more"


def test_few_names_carry_a_large_tolerance_and_axes_that_names_do_not_mark(names: Path) -> None:
    assert own_files({"names": str(names)}) == []
    religion = {"religion": {"reference": "christian", "groups": ["muslim"]}}
    assert own_files({"names": str(names), "routes": [{"name": "r", "tier": "T2", "axes": religion}]}) == []


def test_a_mistake_in_one_s_own_names_is_told_with_its_line(names: Path) -> None:
    lines = names.read_text(encoding="utf-8").splitlines()
    lines[4] = lines[4].replace(",male,", ",man,").replace(",female,", ",woman,")
    names.write_text("\n".join(lines), encoding="utf-8")
    (mistake,) = own_files({"names": str(names)})

    assert mistake.where == "monitor.names"
    assert f"{names}:5: unknown group" in mistake.what
    assert mistake.mend.startswith("Use one of female, male")


def test_one_s_own_lexicons_are_read_and_their_mistakes_told(tmp_path: Path) -> None:
    for file in (ROOT / "config" / "lexicons").glob("*.yaml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "region.yaml").write_text("axis: region\ngroups: [north, south]\ndescriptor:\n  - {north: northern, south: southern}\n")
    routes = [{"name": "r", "axes": {"region": {"reference": "north", "groups": ["south"]}}}]
    assert own_files({"lexicons": str(tmp_path), "routes": routes}) == []

    (tmp_path / "region.yaml").write_text("axis: region\ngroups: [north, south]\ndescriptor:\n  - {north: northern, west: western}\n")
    first, second = own_files({"lexicons": str(tmp_path), "routes": routes})
    assert (first.where, second.where) == ("monitor.lexicons", "monitor.lexicons")
    assert first.what == "region.yaml:4: unknown group or key 'west'"
    assert second.what == "region.yaml:4: fewer than two groups have a form"
    assert second.mend == "give the form of at least two groups"


def test_a_folder_of_lexicons_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert own_files({"lexicons": str(tmp_path / "none")})[0].where == "monitor.lexicons"
