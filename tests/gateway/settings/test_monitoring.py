from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from gateway.settings import Settings

MODEL = {"model_name": "m", "litellm_params": {"model": "openai/m"}}


def settings(**route: Any) -> Settings:
    return Settings.model_validate({"model_list": [MODEL], "monitor": {"routes": [{"name": "r", **route}]}})


def test_a_set_of_labels_is_one_outcome_for_each_label_with_the_section_s_tolerance() -> None:
    labels = {"care": ["nurse"], "trade": ["plumber"]}
    (route,) = settings(outcomes={"refusal": {}, "recommendation": {"labels": labels, "tolerance": 0.03}, "length": {}}).routes
    assert list(route.outcomes) == ["refusal", "recommendation_care", "recommendation_trade", "length"]
    assert route.outcomes["recommendation_trade"].scorer_options == {"labels": labels}
    assert route.tolerance("recommendation_care_given") == 0.03


@pytest.mark.parametrize("section", [None, {}, {"labels": ["care"]}, {"labels": {"Care": ["nurse"], "b": ["c"]}}])
def test_a_set_of_labels_that_cannot_be_used_is_left_for_the_scorers_to_refuse(section: Any) -> None:
    (route,) = settings(outcomes={"recommendation": section}).routes
    assert list(route.outcomes) == ["recommendation"]


def test_the_key_of_a_scorer_s_endpoint_is_masked_where_settings_are_shown() -> None:
    shown = settings(outcomes={"judge_x": {"api_base": "https://h/v1", "api_key": "sk-secret"}})
    assert "sk-secret" not in shown.model_dump_json()
    assert shown.routes[0].outcomes["judge_x"].scorer_options["api_key"] == "sk-secret"


def test_allowed_hosts_are_hosts() -> None:
    assert settings(allow_external=["Judge.Example:8443", "10.0.0.7", "[::1]"]).routes[0].allow_external[0] == "judge.example:8443"
    for wrong in ("https://judge.example", "judge.example/v1", "*.example", ""):
        with pytest.raises(ValidationError, match="is not a host"):
            settings(allow_external=[wrong])
