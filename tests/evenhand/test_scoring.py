import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evenhand.scoring import Scoring
from gateway.settings import Settings
from monitors.scoring.wire import FILE, read_address


def settings(outcomes: dict[str, Any] | None, **process: Any) -> Settings:
    model = {"model_name": "m", "litellm_params": {"model": "openai/m", "api_base": "http://127.0.0.1:1/v1"}}
    monitor = None if outcomes is None else {"routes": [{"name": "r", "outcomes": outcomes}], "scorer_process": process}
    return Settings.model_validate({"model_list": [model], "monitor": monitor})


@pytest.fixture
def scoring(tmp_path: Path) -> Iterator[Scoring]:
    (tmp_path / "run").mkdir()
    made = Scoring(tmp_path)
    yield made
    made.close()


def test_there_is_a_process_while_an_outcome_needs_one_and_only_then(scoring: Scoring, tmp_path: Path) -> None:
    assert scoring.change(settings(None)) == (None, None)
    assert scoring.change(settings({"refusal": {}, "sentiment": {}})) == (None, None)
    assert not (tmp_path / "run" / FILE).exists()
    before, child = scoring.change(settings({"toxicity": {}}))
    assert before is None
    assert child is not None
    assert scoring.change(settings({"toxicity": {}, "refusal": {}})) == (None, None), "it builds whatever it is asked for"
    assert scoring.change(settings({"refusal": {}})) == (child, None)
    assert not (tmp_path / "run" / FILE).exists()


def test_other_bounds_are_another_process_with_another_socket_and_secret(scoring: Scoring, tmp_path: Path) -> None:
    _, first = scoring.change(settings({"toxicity": {}}))
    address = read_address(tmp_path / "run" / FILE)
    leaving, second = scoring.change(settings({"toxicity": {}}, threads=2))
    assert leaving is first
    assert second is not None
    assert second.command[second.command.index("--threads") + 1] == "2"
    assert read_address(tmp_path / "run" / FILE).secret != address.secret
    assert (tmp_path / "run" / FILE).stat().st_mode & 0o777 == 0o600


def test_whoever_asks_before_it_runs_waits_at_its_socket(scoring: Scoring, tmp_path: Path) -> None:
    scoring.change(settings({"toxicity": {}}))
    with socket.create_connection(("127.0.0.1", read_address(tmp_path / "run" / FILE).port), timeout=5) as client:
        client.sendall(b"waits")
