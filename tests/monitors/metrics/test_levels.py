from prometheus_client import CollectorRegistry, generate_latest

from monitors.metrics.levels import LevelCollector
from monitors.views import LevelView
from tests.monitors.example_views import CONFIG, settings

TOXIC = settings(CONFIG.replace("refusal: {},", "refusal: {}, toxicity: {},"))


def shown(*levels: LevelView) -> list[str]:
    registry = CollectorRegistry()
    registry.register(LevelCollector(lambda: levels, TOXIC))
    return [line for line in generate_latest(registry).decode().splitlines() if not line.startswith("#")]


def test_a_level_is_shown_with_its_share_limit_evidence_and_verdict() -> None:
    level = LevelView("support", "hiring", "toxicity", 0.01, 200, 8, 4.5, 4.0, 1_000)
    where = '{model="support",outcome="toxicity",route="hiring"}'
    assert set(shown(level)) == {
        f"evenhand_toxic_share{where} 0.04",
        f"evenhand_toxic_share_limit{where} 0.01",
        f"evenhand_toxic_evidence_log10{where} 4.5",
        f"evenhand_toxic_evidence_threshold_log10{where} 4.0",
        f"evenhand_toxic_above_limit{where} 1.0",
    }


def test_without_replies_there_is_no_share_and_of_a_route_that_is_gone_nothing() -> None:
    fresh = LevelView("support", "hiring", "toxicity", 0.01, 0, 0, 0.0, 4.0, None)
    gone = LevelView("support", "gone", "toxicity", 0.01, 200, 8, 4.5, 4.0, 1_000)
    lines = shown(fresh, gone)
    assert len(lines) == 4
    assert not any("toxic_share{" in line or "gone" in line for line in lines)
