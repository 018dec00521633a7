import json
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


def test_no_secret_is_ever_printed_whoever_reads_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    word = "Zq7Xsecret"
    params = {"model": "openai/m", "api_base": f"https://user:{word}@llm.example/v1", "api_key": word, "shadow_api_key": word}
    provider = {"model": "bedrock/claude", "aws_secret_access_key": word, "aws_region_name": "eu-central-1"}
    sections: dict[str, Any] = {
        "model_list": [
            {"model_name": "a", "litellm_params": {**params, "extra_headers": {"x": word}}, "model_info": {"note": word}},
            {"model_name": "b", "litellm_params": provider},
        ],
        "general_settings": {"master_key": word, "database_url": f"postgres://u:{word}@db/x"},
        "router_settings": {"redis_password": word},
        "litellm_settings": {"cache_params": {"password": word}},
        "environment_variables": {"SOME_KEY": word},
        "monitor": {"routes": [{"name": "r", "match": {"models": ["a"]}}]},
    }
    file = tmp_path / "evenhand.yaml"
    file.write_text(yaml.safe_dump(sections))
    for arguments in ([], ["--json"]):
        assert main(["check-config", "--config", str(file), *arguments]) == 0
        out, err = capsys.readouterr()
        assert word not in out + err
        assert "llm.example/v1" in out
    assert json.loads(out)["model_list"][1]["litellm_params"]["aws_region_name"] == "eu-central-1"
    assert json.loads(out)["monitor"]["routes"][0]["outcomes"]["refusal"] == {"tolerance": None}


def test_the_settings_in_force_are_there_with_defaults_and_the_options_of_scorers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decision = {"kind": "words", "favourable": ["hire"], "unfavourable": ["reject"]}
    file = tmp_path / "evenhand.yaml"
    file.write_text(yaml.safe_dump({"model_list": MODELS, "monitor": {"routes": [{"name": "r", "outcomes": {"decision": decision}}]}}))
    assert main(["check-config", "--config", str(file), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["gateway"]["access_log"] is False
    assert document["monitor"]["routes"][0]["outcomes"]["decision"] == {"tolerance": None, **decision}


def test_what_happens_when_an_upstream_fails_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = checked(tmp_path, capsys, router_settings={"num_retries": 2, "fallbacks": [{"support": ["local"]}]})
    assert "a failed request is sent again up to 2 times" in out
    assert "models fall back: support to local" in out
    _, out, _ = checked(tmp_path, capsys)
    assert "sent again once, only where no connection could be made" in out


def test_what_replays_may_cost_a_day_is_told_at_the_price_of_the_dearest_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    monitor = {"routes": [{"name": "r"}], "budget": {"tokens_per_day": 3_000_000, "usd_per_day": 2}}
    prices = {"models": {"support": {"input": 1, "output": 15}, "local": {"input": 0.1}}}
    _, out, _ = checked(tmp_path, capsys, monitor=monitor, prices=prices)
    assert "3,000,000 tokens and 2.00 USD a day, counted at 1 USD for a million tokens" in out
    assert "support costs up to 15 USD for a million, so a day may cost up to 30.00 USD" in out
    monitor["budget"]["usd_per_million_tokens"] = 15  # type: ignore[index]
    _, out, _ = checked(tmp_path, capsys, monitor=monitor, prices=prices)
    assert "counted at 15 USD" in out
    assert "so a day may cost" not in out
