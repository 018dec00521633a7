from pathlib import Path

from evenhand.demo.configuration import ROUTE, TOLERANCE, Upstream, configuration, write
from gateway.settings import load

MODELS = [Upstream("rigged", "http://127.0.0.1:1/v1"), Upstream("llama", "http://127.0.0.1:2/v1", "LLAMA_KEY")]


def test_the_configuration_is_one_that_the_product_accepts(tmp_path: Path) -> None:
    path = tmp_path / "evenhand.yaml"
    write(path, configuration(MODELS, tmp_path / "data", "http://127.0.0.1:3"))
    loaded = load(path, {"LLAMA_KEY": "secret"}, unset_is_mistake=True)
    assert loaded.warnings == () or not list(loaded.warnings)
    monitor = loaded.settings.monitor
    assert monitor is not None
    assert monitor.sample_rate == 1.0
    assert [route.name for route in monitor.routes] == [ROUTE]
    assert monitor.routes[0].match.models == ["rigged", "llama"]
    assert {outcome: monitor.routes[0].tolerance(outcome) for outcome in monitor.routes[0].outcomes} == dict.fromkeys(
        ("decision", "refusal", "not_served", "length"), TOLERANCE
    )
    key = loaded.settings.model_list[1].litellm_params.api_key
    assert key is not None
    assert key.get_secret_value() == "secret"


def test_alpha_and_the_placebo_rate_are_as_shipped(tmp_path: Path) -> None:
    monitor = configuration(MODELS, tmp_path, "http://127.0.0.1:3")["monitor"]
    assert not {"alpha", "alpha_budget", "placebo_rate", "keep_text"} & set(monitor)
