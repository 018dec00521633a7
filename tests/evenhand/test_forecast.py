"""The plan that check-config prints, as an operator reads it."""

import doctest
from pathlib import Path
from typing import Any

import pytest
import yaml

from evenhand import forecast
from evenhand.cli import main

DOCUMENT = {
    "model_list": [{"model_name": "support", "litellm_params": {"model": "openai/m"}}],
    "monitor": {
        "sample_rate": 0.02,
        "routes": [
            {
                "name": "hiring",
                "tier": "T2",
                "axes": ["gender", "ethnicity"],
                "outcomes": {
                    "refusal": {},
                    "decision": {"kind": "words", "favourable": ["hire"], "unfavourable": ["reject"], "tolerance": 0.05},
                },
            }
        ],
    },
}


def printed(tmp_path: Path, capsys: pytest.CaptureFixture[str], *arguments: str, **monitor: Any) -> list[str]:
    file = tmp_path / "evenhand.yaml"
    file.write_text(yaml.safe_dump(DOCUMENT | {"monitor": DOCUMENT["monitor"] | monitor}))
    assert main(["check-config", "--config", str(file), *arguments]) == 0
    return capsys.readouterr().out.splitlines()


def test_each_cell_s_alpha_bound_and_gaps_stand_in_one_line_for_cells_that_are_alike(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = printed(tmp_path, capsys, "--requests-per-hour", "500")
    table = [line for line in lines if line.strip()[:1].isdigit() and " hiring" in line]
    (refusal,) = [line for line in table if line.split()[1:3] == ["hiring", "refusal"] or (" hiring  " in line and " refusal and " in line)]
    (decision,) = [line for line in table if " decision" in line and "hiring  " in line]
    assert refusal.split()[:2] == ["16", "hiring"], "refusal and three ways to lose a pair, for four groups each"
    assert refusal.count(" pairs, ") == 2
    assert "never: within tolerance" in decision
    assert decision.count(" pairs, ") == 1
    assert any("10 pairs an hour over all cells, as many as sample_rate allows" in line for line in lines)
    assert any("the chance of any false page within a year is at most 0.00" in line for line in lines)
    assert any("500 requests an hour that name somebody, of which 0.02 are sampled" in line for line in lines)
    assert all(len(line) < 140 for line in table)


def test_without_a_rate_the_budget_decides_and_says_what_traffic_it_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(tmp_path, capsys)
    assert any("as many as tokens_per_day allows" in line for line in lines)
    assert any("at least 3,788 requests an hour that name somebody" in line for line in lines)
    assert any("nothing is sampled" in line for line in printed(tmp_path, capsys, sample_rate=0))


def test_a_budget_of_nothing_promises_no_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(tmp_path, capsys, budget={"usd_per_day": 0})
    (refusal,) = [line for line in lines if " hiring " in line and " refusal " in line and "pairs" in line]
    assert refusal.endswith("pairs"), "pairs, but no time in which they would come"


@pytest.mark.parametrize("number", ["0", "-1", "nan", "many"])
def test_a_rate_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], number: str) -> None:
    with pytest.raises(SystemExit) as ended:
        printed(tmp_path, capsys, "--requests-per-hour", number)
    assert ended.value.code == 2
    assert "is no number above 0" in capsys.readouterr().err


def test_the_examples_hold() -> None:
    assert doctest.testmod(forecast).failed == 0
