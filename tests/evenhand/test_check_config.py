from pathlib import Path
from typing import Any

import pytest
import yaml

from evenhand.cli import main

MODELS = [
    {"model_name": "support", "litellm_params": {"model": "openai/gpt-4o-mini"}},
    {"model_name": "local", "litellm_params": {"model": "openai/qwen", "api_base": "http://127.0.0.1:9/v1"}},
]


def checked(tmp_path: Path, capsys: pytest.CaptureFixture[str], **sections: Any) -> tuple[int, str, str]:
    file = tmp_path / "evenhand.yaml"
    file.write_text(yaml.safe_dump({"model_list": MODELS, **sections}))
    try:
        code = main(["check-config", "--config", str(file)])
    except SystemExit as ended:
        code = int(str(ended.code))
    return code, *capsys.readouterr()


def test_keys_are_shown_with_their_limits_and_what_money_does_not_limit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys = [
        {"name": "team-a", "hash": "0" * 64, "models": ["support"], "requests_per_minute": 1000, "usd_per_day": 5},
        {"name": "team-b", "hash": "1" * 64},
    ]
    code, out, _ = checked(tmp_path, capsys, keys=keys)
    assert code == 0
    assert "clients need a virtual key" in out
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "team-a models support: 1,000 requests a minute, 5.0 USD a day" in lines
    assert "team-b models any: no limit" in lines
    assert "without a price, so free of charge: local" in lines


def test_every_price_may_be_told_in_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys = [{"name": "team-a", "hash": "0" * 64, "usd_per_month": 5}]
    _, out, _ = checked(tmp_path, capsys, keys=keys, prices={"models": {"local": {"input": 0.1}}})
    assert "free of charge" not in out


def test_a_price_file_that_cannot_be_read_is_a_mistake_of_the_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = checked(tmp_path, capsys, prices=str(tmp_path / "none.yaml"), keys=[{"name": "a b", "hash": "0" * 64}])
    assert code == 2
    assert "prices.file" in err
    assert "keys[0].name" in err
