import shutil
import socket
import subprocess
from pathlib import Path

import pytest
import yaml

from evenhand import resources
from evenhand.addresses import tell
from evenhand.cli import main
from evenhand.data_dir import open_data_dir
from evenhand.ports import Ports

SHIPPED = resources.path("config/evenhand.yaml")
ALERTS = {
    *(
        "EvenhandParityGap",
        "EvenhandInstrumentSuspect",
        "EvenhandToxicity",
        "EvenhandDeaf",
        "EvenhandCoverageLost",
        "EvenhandSkipImbalance",
        "EvenhandMonitorStalled",
    ),
    *("EvenhandBacklog", "EvenhandBudgetExhausted", "EvenhandScorerErrors", "EvenhandErrorBudgetBurn", "EvenhandOverheadHigh"),
    *("EvenhandConfigReloadFailed", "EvenhandLabelOverflow", "EvenhandDown", "EvenhandWatchdog"),
}


def written(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["rules", "--config", str(SHIPPED), *arguments]) == 0
    return capsys.readouterr().out


def test_the_shipped_example_gives_every_alert_in_block_style_with_its_name_first(capsys: pytest.CaptureFixture[str]) -> None:
    text = written(capsys)
    names = {line.split("alert: ")[1] for line in text.splitlines() if line.lstrip().startswith("- alert: ")}
    assert names == ALERTS
    assert text.count("alert: Evenhand") == text.count("- alert: Evenhand")


def test_every_alert_has_severity_category_texts_and_a_runbook(capsys: pytest.CaptureFixture[str]) -> None:
    rules = [rule for group in yaml.safe_load(written(capsys))["groups"] for rule in group["rules"] if "alert" in rule]
    for rule in rules:
        assert rule["labels"]["severity"] in ("critical", "warning", "info", "none"), rule
        assert rule["labels"]["category"], rule
        assert rule["annotations"]["summary"].endswith("."), rule
        assert rule["annotations"]["description"], rule
        assert rule["annotations"]["runbook_url"] == f"http://127.0.0.1:4100/runbooks/{rule['alert'].lower()}"


def test_runbooks_can_be_elsewhere_and_the_console_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "runbook_url: https://wiki.example/evenhand/evenhanddown" in written(capsys, "--runbooks", "https://wiki.example/evenhand/")
    config = tmp_path / "e.yaml"
    config.write_text(SHIPPED.read_text().replace("  # console_url: https://evenhand.example", "  console_url: https://console.example/"))
    assert main(["rules", "--config", str(config)]) == 0
    text = capsys.readouterr().out
    assert "https://console.example/cells/{{ $labels.cell }}" in text
    assert "runbook_url: https://console.example/runbooks/evenhanddown" in text


def test_the_operators_manifest_holds_the_same_groups(capsys: pytest.CaptureFixture[str]) -> None:
    manifest = yaml.safe_load(written(capsys, "--format", "operator"))
    assert (manifest["apiVersion"], manifest["kind"]) == ("monitoring.coreos.com/v1", "PrometheusRule")
    assert manifest["spec"] == yaml.safe_load(written(capsys))


def test_a_configuration_without_a_monitor_gives_the_gateways_rules_only(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    config = tmp_path / "e.yaml"
    config.write_text("model_list:\n  - {model_name: a, litellm_params: {model: openai/a}}\n")
    assert main(["rules", "--config", str(config)]) == 0
    text = capsys.readouterr().out
    assert "EvenhandDown" in text
    assert "EvenhandParityGap" not in text


def test_an_unset_variable_is_a_warning_and_a_mistake_ends_with_two(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    config = tmp_path / "e.yaml"
    config.write_text("model_list:\n  - {model_name: a, litellm_params: {model: openai/a, api_key: os.environ/EVENHAND_TEST_UNSET}}\n")
    assert main(["rules", "--config", str(config)]) == 0
    assert "EVENHAND_TEST_UNSET" in capsys.readouterr().err
    config.write_text("model_lst: []\n")
    with pytest.raises(SystemExit) as ended:
        main(["rules", "--config", str(config)])
    assert ended.value.code == 2


def test_no_text_of_an_alert_gives_a_verdict_that_the_test_cannot_give(capsys: pytest.CaptureFixture[str]) -> None:
    text = written(capsys).lower()
    for word in ("biased", "unfair", "discriminates", "certified"):
        assert word not in text


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (Debian's package prometheus has it)")
def test_promtool_accepts_the_rules_with_every_lint(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "rules.yml"
    file.write_text(written(capsys))
    command = ["promtool", "check", "rules", "--lint=all", "--lint-fatal", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stdout + done.stderr


def test_without_a_console_url_links_lead_to_the_console_of_the_server_that_runs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    config, data = tmp_path / "e.yaml", tmp_path / "data"
    config.write_text(SHIPPED.read_text().replace("data_dir: ./evenhand-data", f"data_dir: {data}"))

    def told(*words: str) -> tuple[str, str]:
        assert main(["rules", "--config", str(config), *words]) == 0
        found = capsys.readouterr()
        return next(line.split("/runbooks")[0].split()[-1] for line in found.out.splitlines() if "runbook_url" in line), found.err

    warning = "evenhand: links lead to http://127.0.0.1:4100, which is for this machine only → set monitor.console_url\n"
    assert told() == ("http://127.0.0.1:4100", warning)
    with open_data_dir(data), socket.create_server(("0.0.0.0", 0)) as console:
        tell(data, Ports(console=console))
        url = f"http://127.0.0.1:{console.getsockname()[1]}"
        assert told()[0] == url
        assert told("--console", "https://console.example")[0] == "https://console.example"
    assert told()[0] == "http://127.0.0.1:4100", "what ran before says nothing of what will"
