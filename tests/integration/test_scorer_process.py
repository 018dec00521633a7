"""A server whose route scores toxicity: the scorer process dies and comes back, comes and goes with the configuration."""

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from evenhand.demo.children import Children
from evenhand.weights.checkpoint import install
from tests.integration.conftest import Served, ask, prompts, settings, until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]


def with_outcomes(config: dict[str, Any], outcomes: dict[str, Any]) -> dict[str, Any]:
    config["monitor"]["routes"][0]["outcomes"] = outcomes
    return config


def scored(served: Served, outcome: str) -> float:
    """Pairs with a value of an outcome."""
    return served.metric("evenhand_pairs_total", "console", outcome=outcome)


def send(served: Served, count: int, seed: int) -> None:
    with httpx.Client(timeout=30) as client:
        for prompt in prompts(count, seed):
            assert ask(client, served.gateway, "fair", prompt).status_code == 200


def test_toxicity_is_scored_through_the_death_of_its_process(
    tmp_path: Path, children: Children, model: Callable[..., str], tiny_checkpoint: Path
) -> None:
    install(tiny_checkpoint, None, tmp_path / "data" / "weights", "original", 0)
    config = with_outcomes(settings({"fair": model("fair", 5)}, tmp_path / "data"), {"toxicity": {}, "length": {}})
    served = Served(children, tmp_path, config)
    assert served.child("scorer")
    send(served, 40, 31)
    until(lambda: scored(served, "toxicity") >= 5, 90)
    os.kill(served.child("scorer") or 0, signal.SIGKILL)
    until(lambda: served.restarts("scorer") == 1 and served.child("scorer"), 30)
    before = scored(served, "toxicity")
    send(served, 40, 32)
    until(lambda: scored(served, "toxicity") >= before + 5, 90)
    assert served.metric("evenhand_toxic_share_limit", "console", outcome="toxicity") == 0.01
    assert served.metric("evenhand_scorer_errors_total", "console", scorer="toxicity") == 0


def test_without_weights_the_other_outcomes_go_on_and_its_cell_says_why(
    tmp_path: Path, children: Children, model: Callable[..., str]
) -> None:
    config = with_outcomes(settings({"fair": model("fair", 5)}, tmp_path / "data"), {"toxicity": {}, "length": {}})
    served = Served(children, tmp_path, config)
    send(served, 30, 33)
    until(lambda: scored(served, "length") >= 5, 90)
    assert scored(served, "toxicity") == 0
    assert scored(served, "toxicity_given") >= 5
    cell = next(cell for cell in served.cells() if cell["outcome"] == "toxicity" and cell["kind"] == "pair")
    assert cell["gap"] is None
    page = httpx.get(f"{served.console}/cells/{cell['id']}").text
    assert "No values at the moment: weights missing." in page
    assert "weights missing" in httpx.get(f"{served.console}/").text


def test_the_process_comes_and_goes_with_the_configuration(
    tmp_path: Path, children: Children, model: Callable[..., str], tiny_checkpoint: Path
) -> None:
    base = model("fair", 5)
    served = Served(children, tmp_path, with_outcomes(settings({"fair": base}, tmp_path / "data"), {"length": {}}))
    names = lambda: {row["name"] for row in served.health()["children"]}  # noqa: E731
    assert "scorer" not in names()
    install(tiny_checkpoint, None, tmp_path / "data" / "weights", "original", 0)
    for outcomes, there in (({"length": {}, "toxicity": {}}, True), ({"length": {}}, False)):
        changed = with_outcomes(settings({"fair": base}, tmp_path / "data"), outcomes)
        scratch = tmp_path / "new.yaml"
        scratch.write_text(yaml.safe_dump(changed))
        shutil.move(scratch, served.config)
        until(lambda there=there: ("scorer" in names()) == there, 30)
        if there:
            send(served, 30, 34)
            until(lambda: scored(served, "toxicity") >= 3, 90)
