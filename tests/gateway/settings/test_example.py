"""The annotated example shows every setting with the default that the models have."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, SecretStr

from gateway.settings import KeySettings, LiteLLMParams, PriceSettings, RouteSettings, Settings, load, load_text
from gateway.settings.monitoring import DEFAULT_AXES
from monitors.scorers import OUTCOMES

EXAMPLE = Path(__file__).resolve().parents[3] / "config" / "evenhand.yaml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
CHOSEN = {"model_list", "monitor.routes"}  # the example's own content, not defaults
ELEMENTS = {"keys"}  # lists that are empty by default; what stands in them is shown in comments


def sections(model: type[BaseModel], place: str) -> Iterator[tuple[str, type[BaseModel]]]:
    """Every section of the tree that has defaults."""
    yield place, model
    for name, field in model.model_fields.items():
        for kind in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(kind, type) and issubclass(kind, BaseModel) and f"{place}{name}" not in CHOSEN | ELEMENTS:
                yield from sections(kind, f"{place}{name}.")


DEFAULTS = [
    (f"{place}{name}", field.get_default(call_default_factory=True, validated_data={}))
    for place, model in sections(Settings, "")
    for name, field in model.model_fields.items()
    if f"{place}{name}" not in CHOSEN
]


def shown(place: str) -> Any:
    """What the file has at a place; a ``KeyError`` where it has nothing."""
    found: Any = yaml.safe_load(TEXT)
    for name in place.split("."):
        found = found[name]
    return found


@pytest.mark.parametrize(("place", "default"), DEFAULTS)
def test_a_setting_is_shown_with_its_default(place: str, default: Any) -> None:
    name = place.rpartition(".")[2]
    if isinstance(default, BaseModel) or place == "monitor":
        return  # a section: its settings have cases of their own
    if default is None:
        assert re.search(rf"^ *# {name}: ", TEXT, re.MULTILINE), "shown as a comment: it has no default"
    elif isinstance(default, dict) and not default:
        assert name in ("litellm_settings", "environment_variables"), "LiteLLM's, ignored here"
    else:
        assert shown(place) == (str(default) if isinstance(default, Path) else default) or Path(shown(place)) == default


@pytest.mark.parametrize("name", [*RouteSettings.model_fields, "models", "headers", "reference", "groups", "tolerance"])
def test_a_setting_of_a_route_is_shown(name: str) -> None:
    assert re.search(rf"\b{name}:(?: |$)", TEXT, re.MULTILINE)


@pytest.mark.parametrize("name", KeySettings.model_fields)
def test_a_setting_of_a_key_is_shown(name: str) -> None:
    assert re.search(rf"^  # (?:- |  ){name}: ", TEXT, re.MULTILINE)


@pytest.mark.parametrize("name", PriceSettings.model_fields)
def test_a_price_is_shown(name: str) -> None:
    assert re.search(rf"^  # models: .*\b{name}: ", TEXT, re.MULTILINE)


def test_what_is_shown_of_keys_and_prices_can_be_used() -> None:
    start = TEXT.index("\nkeys:")
    lines = [re.sub(r"^  # ", "  ", line) for line in TEXT[start : TEXT.index("\nmonitor:")].splitlines()]
    text = "\n".join(lines).replace("keys: []", "keys:").replace("prices: {}", "prices:").replace("0f…", "0f" * 32)
    loaded = load_text("model_list: [{model_name: local, litellm_params: {model: openai/m}}]\n" + text, {})
    assert (loaded.settings.keys[0].name, loaded.settings.keys[0].usd_per_month) == ("team-a", 100)
    assert loaded.settings.prices.models == {"local": PriceSettings(input=0.1, output=0.4, cached_input=0.05)}


def test_the_route_of_the_example_uses_the_default_axes_and_the_tolerance_of_its_tier() -> None:
    (route,) = load(EXAMPLE, {}).settings.routes
    default = RouteSettings(name="any")
    assert route.tier == default.tier
    assert {axis: settings.model_dump() for axis, settings in route.axes.items()} == DEFAULT_AXES
    assert all(route.tolerance(outcome) == default.tolerance(outcome) for outcome in route.outcomes)


@pytest.mark.parametrize("name", ["api_key", "shadow_api_key", "master_key"])
def test_a_secret_is_shown_as_a_reference_to_the_environment(name: str) -> None:
    assert re.search(rf"# {name}: os\.environ/[A-Z_]+", TEXT)


def test_it_loads_without_any_environment_variable_and_without_a_warning() -> None:
    loaded = load(EXAMPLE, {})
    assert (loaded.warnings, loaded.unset) == ((), ())


def test_what_stands_in_comments_are_settings_too() -> None:
    known = {name for _, model in sections(Settings, "") for name in model.model_fields} | set(LiteLLMParams.model_fields)
    known |= set(KeySettings.model_fields)
    assert set(re.findall(r"^ *# (\w+): ", TEXT, re.MULTILINE)) <= known | set(RouteSettings.model_fields) | set(OUTCOMES)


def test_no_default_is_a_secret() -> None:
    assert not any(isinstance(default, SecretStr) for _, default in DEFAULTS)
