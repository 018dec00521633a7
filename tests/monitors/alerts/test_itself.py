from pathlib import Path

import pytest

from tests.monitors.alerts.promtool import Case, firing, needs_promtool, without_texts
from tests.monitors.example_views import CONFIG, settings

GATEWAY = {"job": "evenhand-gateway", "instance": "g:4000"}
MONITOR = {"job": "evenhand-monitor", "instance": "m:4100"}
OVERFLOW = 'evenhand_label_overflow_total{job="evenhand-monitor",instance="m:4100",label="model"}'
IN_PROGRESS = 'evenhand_exchanges_in_progress{job="evenhand-monitor",instance="m:4100"}'


def up(labels: dict[str, str]) -> str:
    return "up{" + ",".join(f'{name}="{value}"' for name, value in labels.items()) + "}"


BOTH_UP = {up(GATEWAY): "1x40", up(MONITOR): "1x40"}


@needs_promtool
@pytest.mark.parametrize(
    ("scraped", "severity", "category"), [(GATEWAY, "critical", "gateway"), (MONITOR, "warning", "pipeline")], ids=["gateway", "monitor"]
)
def test_what_cannot_be_scraped_is_down_after_a_while_only(tmp_path: Path, scraped: dict[str, str], severity: str, category: str) -> None:
    rules, series = without_texts(tmp_path, settings()), {up(GATEWAY): "1x25", up(MONITOR): "1x25", up(scraped): "1x5 0x20"}
    firing(tmp_path, rules, Case(series, "5m", "EvenhandDown"))
    firing(tmp_path, rules, Case(series, "6m", "EvenhandDown"))
    firing(tmp_path, rules, Case(series, "9m", "EvenhandDown", [{**scraped, "severity": severity, "category": category}]))


@needs_promtool
def test_another_job_that_is_down_is_not_ours(tmp_path: Path) -> None:
    firing(
        tmp_path,
        without_texts(tmp_path, settings()),
        Case({**BOTH_UP, up({"job": "node", "instance": "n"}): "0x20"}, "15m", "EvenhandDown"),
    )


@needs_promtool
@pytest.mark.parametrize(("gone", "category"), [(GATEWAY, "gateway"), (MONITOR, "pipeline")], ids=["gateway", "monitor"])
def test_a_part_that_prometheus_does_not_know_is_told(tmp_path: Path, gone: dict[str, str], category: str) -> None:
    series = {name: values for name, values in BOTH_UP.items() if name != up(gone)}
    told = [{"part": category.replace("pipeline", "monitor"), "severity": "warning", "category": category}]
    firing(tmp_path, without_texts(tmp_path, settings()), Case(series, "8m", "EvenhandDown"))
    firing(tmp_path, without_texts(tmp_path, settings()), Case(series, "15m", "EvenhandDown", told))


@needs_promtool
def test_without_a_monitor_section_none_is_missed(tmp_path: Path) -> None:
    alone = settings(CONFIG[: CONFIG.index("monitor:")])
    firing(tmp_path, without_texts(tmp_path, alone), Case({up(GATEWAY): "1x40"}, "30m", "EvenhandDown"))


@needs_promtool
def test_the_watchdog_fires_with_no_series_at_all(tmp_path: Path) -> None:
    case = Case({up(GATEWAY): "1x5"}, "0m", "EvenhandWatchdog", [{"severity": "none", "category": "watchdog"}])
    firing(tmp_path, without_texts(tmp_path, settings()), case)


@needs_promtool
def test_a_value_outside_the_closed_sets_is_told_as_long_as_the_monitor_leaves_it_out(tmp_path: Path) -> None:
    rules = without_texts(tmp_path, settings())
    told = [{**MONITOR, "label": "model", "severity": "info", "category": "pipeline"}]
    firing(tmp_path, rules, Case({OVERFLOW: "1x300", IN_PROGRESS: "0x300"}, "4h", "EvenhandLabelOverflow", told))
    firing(tmp_path, rules, Case({OVERFLOW: "0x300", IN_PROGRESS: "5x300"}, "4h", "EvenhandLabelOverflow"))


@needs_promtool
def test_a_gateway_that_met_unknown_values_long_ago_is_quiet_again(tmp_path: Path) -> None:
    series = OVERFLOW.replace("monitor", "gateway")
    rules = without_texts(tmp_path, settings())
    told = [{"job": "evenhand-gateway", "instance": "m:4100", "label": "model", "severity": "info", "category": "pipeline"}]
    firing(tmp_path, rules, Case({series: "0x5 3x200"}, "30m", "EvenhandLabelOverflow", told))
    firing(tmp_path, rules, Case({series: "0x5 3x200"}, "2h", "EvenhandLabelOverflow"))


@needs_promtool
def test_a_configuration_that_does_not_run_is_told_after_five_minutes(tmp_path: Path) -> None:
    rules = without_texts(tmp_path, settings())
    series = {'evenhand_config_last_reload_successful{job="evenhand-gateway",instance="g:4000"}': "1x2 0x20 1x5"}
    firing(tmp_path, rules, Case(series, "6m", "EvenhandConfigReloadFailed"))
    told = [{**GATEWAY, "severity": "warning", "category": "gateway"}]
    firing(tmp_path, rules, Case(series, "9m", "EvenhandConfigReloadFailed", told))
    firing(tmp_path, rules, Case(series, "25m", "EvenhandConfigReloadFailed"))
