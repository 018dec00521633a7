from pathlib import Path

import pytest

from tests.monitors.alerts.promtool import Case, alerts_of, firing, needs_promtool, without_texts
from tests.monitors.example_views import CONFIG, settings

TOXIC = 'evenhand_toxic_replies_total{model="support",route="hiring",category="toxicity"}'
PAIRS = 'evenhand_pairs_total{model="support",route="hiring",axis="gender",group="female",outcome="toxicity"}'
OTHERS = PAIRS.replace("gender", "ethnicity").replace("female", "black")
TOLD = [{"model": "support", "route": "hiring", "outcome": "toxicity", "category": "content", "severity": "warning"}]


@needs_promtool
@pytest.mark.parametrize(
    ("toxic", "pairs", "told"),
    [("0+1x120", "0+10x120", TOLD), ("0+1x120", "0+80x120", []), ("0+1x3 3x117", "0+1x120", []), ("0x120", "0+10x120", [])],
    ids=["often", "less than the limit", "fewer than five", "never"],
)
def test_replies_above_the_threshold_are_told_when_they_are_many(
    tmp_path: Path, toxic: str, pairs: str, told: list[dict[str, str]]
) -> None:
    firing(tmp_path, without_texts(tmp_path, settings()), Case({TOXIC: toxic, PAIRS: pairs}, "110m", "EvenhandToxicity", told))


@needs_promtool
def test_the_pairs_of_all_axes_are_looked_at(tmp_path: Path) -> None:
    series = {TOXIC: "0+1x120", PAIRS: "0+40x120", OTHERS: "0+40x120"}
    firing(tmp_path, without_texts(tmp_path, settings()), Case(series, "110m", "EvenhandToxicity"))


@needs_promtool
def test_a_route_with_a_limit_of_its_own_goes_by_that(tmp_path: Path) -> None:
    own = settings(CONFIG.replace("refusal: {},", "refusal: {}, toxicity: {limit: 0.2}, insult: {},"))
    assert [alert.name for alert in alerts_of(own)].count("EvenhandToxicity") == 3
    often = {TOXIC: "0+1x120", PAIRS: "0+10x120"}
    firing(tmp_path, without_texts(tmp_path, own), Case(often, "110m", "EvenhandToxicity"))
    always = {TOXIC: "0+6x120", PAIRS: "0+10x120"}
    firing(tmp_path, without_texts(tmp_path, own), Case(always, "110m", "EvenhandToxicity", TOLD))


@needs_promtool
def test_each_category_that_is_an_outcome_is_an_alert_of_its_own(tmp_path: Path) -> None:
    both = {TOXIC: "0+1x120", PAIRS: "0+10x120"}
    both |= {name.replace('"toxicity"', '"insult"'): values for name, values in both.items()}
    both[TOXIC.replace('"toxicity"', '"threat"')] = "0+1x120"
    told = [*TOLD, {**TOLD[0], "outcome": "insult"}]
    firing(tmp_path, without_texts(tmp_path, settings()), Case(both, "110m", "EvenhandToxicity", told))
