import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from evenhand.cli import main
from gateway.routing import Router
from gateway.settings import Settings

MODELS = [
    {"model_name": "support", "litellm_params": {"model": "openai/gpt-4o-mini"}},
    {"model_name": "local", "litellm_params": {"model": "openai/qwen", "api_base": "http://127.0.0.1:9/v1"}},
]


def checked(tmp_path: Path, capsys: pytest.CaptureFixture[str], **sections: Any) -> tuple[int, str, str]:
    file = tmp_path / "evenhand.yaml"
    file.write_text(yaml.safe_dump({"model_list": MODELS, "data_dir": str(tmp_path / "none")} | sections))
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
    monitor = {"routes": [{"name": "r"}], "budget": {"tokens_per_day": 100_000, "usd_per_day": 2}}
    prices = {"models": {"support": {"input": 1, "output": 15}, "local": {"input": 0.1}}}
    _, out, _ = checked(tmp_path, capsys, monitor=monitor, prices=prices)
    assert "replays: at most 60 a minute, 100,000 tokens and 1.50 USD a day" in out
    assert "at 1 USD for a million tokens in and 15 out" in out
    monitor["budget"]["tokens_per_day"] = 3_000_000  # type: ignore[index]
    _, out, _ = checked(tmp_path, capsys, monitor=monitor, prices=prices)
    assert "3,000,000 tokens and 2.00 USD a day" in out


def test_a_model_without_a_price_is_named_with_what_its_replays_are_counted_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    monitor = {"routes": [{"name": "r"}], "budget": {"usd_per_million_tokens": 0.7}}
    _, out, _ = checked(tmp_path, capsys, monitor=monitor)
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "support at 0.15 USD for a million tokens in and 0.6 out" in lines, "by the shipped price of its upstream's name"
    told = "local no price is known, counted at 0.7 USD for a million tokens (monitor.budget.usd_per_million_tokens)"
    assert f"{told} → give its price under prices.models" in lines


def test_a_model_that_is_never_replayed_is_named_and_a_wildcard_may_cost_all_of_the_budget(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    models = [
        {"model_name": "gpt-*", "litellm_params": {"model": "openai/gpt-*"}},
        {"model_name": "*", "litellm_params": {"model": "openai/*", "pass_through_auth": True}},
    ]
    _, out, _ = checked(tmp_path, capsys, model_list=models, monitor={"routes": [{"name": "r"}], "budget": {"usd_per_day": 77}})
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert any(line.endswith("77.00 USD a day") for line in lines)
    assert any(line.startswith("gpt-* each at its own price") for line in lines)
    assert any(line.startswith("* not replayed") for line in lines)


def test_deployments_of_one_model_are_named_as_metrics_name_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    two = [{"model_name": "m", "litellm_params": {"model": "openai/m", "api_base": f"http://{host}/v1"}} for host in ("a", "b")]
    _, out, _ = checked(tmp_path, capsys, model_list=[*two, MODELS[0]])
    ids = [deployment.id for deployment in Router(Settings.model_validate({"model_list": two})).find("m").stages[0]]
    lines = [line for line in out.splitlines() if "openai/" in line]
    assert lines[0].endswith(f"({ids[0]} in metrics)")
    assert lines[1].endswith(f"({ids[1]} in metrics)")
    assert "in metrics" not in lines[2]


def test_a_created_key_closes_the_gateway_even_after_it_was_revoked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    _, out, _ = checked(tmp_path, capsys, data_dir=str(data))
    assert "clients need no key until one is created" in out
    assert f"data is kept in {data}" in out
    assert not data.exists(), "a look changes nothing"
    config = ["--config", str(tmp_path / "evenhand.yaml")]
    for name in ("team-a", "team-b"):
        assert main(["keys", "create", name, *config]) == 0
    assert main(["keys", "revoke", "team-b", *config]) == 0
    capsys.readouterr()
    _, out, _ = checked(tmp_path, capsys, data_dir=str(data))
    assert "clients need a virtual key" in out
    assert "created by `evenhand keys`: 1 in use, 1 revoked" in out
    (data / "gateway.db").write_text("no database at all, but long enough to be taken for one" * 10)
    _, out, _ = checked(tmp_path, capsys, data_dir=str(data))
    assert "clients need a virtual key" in out
    assert "gateway.db cannot be read (file is not a database)" in out


def test_unset_variables_are_counted_where_it_says_valid_and_named_as_warnings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("THEIR_URL", raising=False)
    params = {"model": "openai/m", "api_base": "os.environ/THEIR_URL", "api_key": "os.environ/THEIR_KEY"}
    models = [{"model_name": name, "litellm_params": params} for name in ("a", "b")]
    monkeypatch.setenv("THEIR_KEY", "k")
    code, out, err = checked(tmp_path, capsys, model_list=models)
    assert code == 0
    assert "is valid, but serve refuses it while 1 variable is not set" in out
    assert "openai/m at an address that is not set, with its key" in out
    assert "the environment variable THEIR_URL is not set" in err
    monkeypatch.setenv("THEIR_URL", "http://127.0.0.1:9/v1")
    _, out, err = checked(tmp_path, capsys, model_list=models)
    assert "is valid (hash" in out
    assert err == ""


def test_the_pace_is_told_at_the_price_of_the_dearest_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    monitor = {"routes": [{"name": "r"}], "budget": {"usd_per_day": 1, "replays_per_minute": 100_000, "tokens_per_day": 10**12}}
    told = []
    for price in (1, 100):
        _, out, _ = checked(tmp_path, capsys, monitor=monitor, prices={"models": {"local": {"input": price}}})
        told.append(next(line for line in out.splitlines() if "what would be found" in line))
    assert all(line.endswith("as many as usd_per_day allows") for line in told)
    assert told[0] != told[1]


def test_the_scorer_process_and_missing_weights_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = checked(tmp_path, capsys, monitor={"routes": [{"name": "r", "outcomes": {"toxicity": {}, "insult": {}, "refusal": {}}}]})
    assert code == 0
    assert "a scorer process for insult, toxicity: 1 thread, 60 s a batch, 4,096 MB" in out
    assert out.count("weights missing, so no values") == 1
    _, out, _ = checked(tmp_path, capsys, monitor={"routes": [{"name": "r"}]})
    assert "scorer process" not in out
