"""Models of other providers as ordinary deployments behind the translate process."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.routing import TRANSLATE_FILE, Router, Translator, open_translator
from gateway.routing.translator import read_translator, slug
from gateway.settings import Settings, load_text

HERE = Translator("http://127.0.0.1:5000", "s3cret")
ENTRY: dict[str, Any] = {"model": "anthropic/claude", "api_base": "https://a.example", "api_key": "k"}


@pytest.fixture(autouse=True)
def _litellm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Routing asks nothing of litellm: these hold with and without it."""
    monkeypatch.setattr("gateway.settings.checks.translation_fault", lambda provider: None)


def settings(*entries: dict[str, Any], **more: Any) -> Settings:
    models = [{"model_name": params.pop("name", f"m{n}"), "litellm_params": params} for n, params in enumerate(map(dict, entries))]
    return load_text(yaml.safe_dump({"model_list": models, **more}), {}).settings


def test_the_process_stands_for_the_provider() -> None:
    found = Router(settings(ENTRY), HERE).resolve("m0")
    assert found.api_base == f"http://127.0.0.1:5000/{slug(settings(ENTRY).model_list[0])}"
    assert found.upstream_model == "anthropic/claude"
    assert (found.api_key, found.shadow_api_key, found.replay_key) == ("live-s3cret", None, "live-s3cret")
    assert found.can_replay


def test_a_shadow_key_makes_replays_say_so() -> None:
    found = Router(settings(ENTRY | {"shadow_api_key": "other"}), HERE).resolve("m0")
    assert found.replay_key == "shadow-s3cret"


def test_an_exchange_is_replayed_after_the_process_has_moved() -> None:
    first = Router(settings(ENTRY), HERE).resolve("m0")
    later = Router(settings(ENTRY), Translator("http://127.0.0.1:6000", "another")).by_id(first.id)
    assert later is not None
    assert later.api_base.startswith("http://127.0.0.1:6000/")
    assert Router(settings(ENTRY | {"api_base": "https://b.example"}), HERE).by_id(first.id) is None


def test_a_place_changes_with_all_that_its_calls_depend_on() -> None:
    changes: list[dict[str, Any]] = [
        {},
        {"model": "anthropic/other"},
        {"api_base": "https://b.example"},
        {"api_key": "l"},
        {"shadow_api_key": "k"},
        {"api_version": "2"},
        {"name": "m1"},
    ]
    places = {slug(settings(ENTRY | {"name": "m0"} | change).model_list[0]) for change in changes}
    assert len(places) == len(changes)


def test_a_wildcard_fills_in_the_name() -> None:
    router = Router(settings({"name": "claude-*", "model": "anthropic/claude-*"}), HERE)
    assert router.resolve("claude-opus").upstream_model == "anthropic/claude-opus"
    assert router.only_wildcard is None, "the process has no list of models to give"


def test_openai_models_are_none_of_its_business() -> None:
    found = Router(settings({"model": "openai/m", "api_base": "https://a.example/v1"})).resolve("m0")
    assert found.api_base == "https://a.example/v1"
    assert not found.translated


def test_a_router_without_the_process_names_the_model_that_needs_it() -> None:
    with pytest.raises(ValueError, match="m0 needs the translate process"):
        Router(settings(ENTRY))


def test_the_file_is_read_only_where_it_is_needed(tmp_path: Path) -> None:
    assert open_translator(settings({"model": "openai/m"}), tmp_path) is None
    with pytest.raises(OSError, match=TRANSLATE_FILE):
        open_translator(settings(ENTRY), tmp_path)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / TRANSLATE_FILE).write_text(HERE.text())
    assert open_translator(settings(ENTRY), tmp_path) == HERE
    assert read_translator(tmp_path / "run" / TRANSLATE_FILE) == HERE


def test_the_secret_is_not_shown() -> None:
    assert "s3cret" not in repr(HERE)
