"""The configuration file: every mistake in one go, each with its line and how to mend it."""

import textwrap
from pathlib import Path

import pytest

from gateway.settings import ConfigError, Loaded, Mistake, load, load_text

GOOD = """
model_list:
  - model_name: support
    litellm_params: {model: openai/m, api_base: "http://127.0.0.1:1/v1", api_key: os.environ/UPSTREAM_KEY}
"""
ENVIRON = {"UPSTREAM_KEY": "sk-upstream"}


def read(more: str = "", *, start: str = GOOD, environ: dict[str, str] | None = None, unset_is_mistake: bool = True) -> Loaded:
    text = start + textwrap.dedent(more)
    return load_text(text, ENVIRON if environ is None else environ, unset_is_mistake=unset_is_mistake)


def mistakes(more: str = "", *, start: str = GOOD, environ: dict[str, str] | None = None) -> list[Mistake]:
    with pytest.raises(ConfigError) as caught:
        read(more, start=start, environ=environ)
    return caught.value.mistakes


def places(found: list[Mistake]) -> list[tuple[int, str]]:
    return [(mistake.line, mistake.where) for mistake in found]


def test_a_file_is_read_with_its_variables_and_a_hash_of_its_text(tmp_path: Path) -> None:
    path = tmp_path / "evenhand.yaml"
    path.write_text(GOOD)
    loaded = load(path, ENVIRON)
    key = loaded.settings.model_list[0].litellm_params.api_key
    assert key is not None
    assert key.get_secret_value() == "sk-upstream"
    assert (loaded.warnings, loaded.unset) == ((), ())
    path.write_text(GOOD + "# changed\n")
    assert load(path, ENVIRON).digest != loaded.digest


def test_a_missing_file_is_named_and_the_example_offered(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yaml.*No such file") as caught:
        load(tmp_path / "nowhere.yaml", {})
    assert "evenhand check-config --print-example" in caught.value.mistakes[0].mend


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"model_list: \xe9"])
def test_a_file_that_is_not_text_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "evenhand.yaml").write_bytes(content)
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "evenhand.yaml", {})


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path, {})


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 1, "not a mapping"),
        ("- a\n- b\n", 1, "not a mapping"),
        ("only words", 1, "not a mapping"),
        ("model_list:\n  - a: [1\n", 3, "is not YAML"),
        ("a: 1\n\tb: 2\n", 2, "is not YAML"),
        ("a: !vault x\n", 1, "is not YAML"),
        ("a: 1\n---\nb: 2\n", 2, "is not YAML"),
        ("data_dir: a\nmodel_list: []\ndata_dir: b\n", 3, "data_dir stands twice"),
        ("model_list: &all [*all]\n", 0, "contains itself"),
        ("data_dir: 2024-02-30\n", 0, "impossible value"),
    ],
)
def test_what_is_not_a_yaml_mapping_is_refused_with_its_line(text: str, line: int, what: str) -> None:
    (mistake,) = mistakes(start=text)
    assert (mistake.line, mistake.where) == (line, "file")
    assert what in mistake.what
    assert mistake.mend


EVERYTHING_WRONG = """
model_list:
  - model_name: support
    litellm_params: {model: openai/m, api_base: llm.example/v1}
  - litellm_params: {model: openai/m, api_key: os.environ/NOT_SET}
  - model_name: other
    litellm_params: {model: nobody/claude}
gateway:
  max_body_bytes: many
  conect_timeout_seconds: 3
metrics:
  listen: nowhere
monitor:
  sample_rate: 2
  keep_text: some
  redact_patterns: ["("]
  queue: {url: "redis://127.0.0.1"}
  routes:
    - name: hiring
      tier: T9
      axes: [gender, religion]
      outcomes: {refusal: {tolerance: high}}
    - match: {models: [3]}
    - name: hiring
    - text
    - {name: hiring}
moniter: {}
"""


def test_every_mistake_is_told_at_once_with_its_line_and_how_to_mend_it() -> None:
    found = mistakes(start=EVERYTHING_WRONG, environ={})
    assert places(found) == [
        (4, "model_list[0].litellm_params.api_base"),
        (5, "model_list[1].litellm_params.api_key"),
        (5, "model_list[1].model_name"),
        (7, "model_list[2].litellm_params.model"),
        (9, "gateway.max_body_bytes"),
        (10, "gateway.conect_timeout_seconds"),
        (12, "metrics.listen"),
        (14, "monitor.sample_rate"),
        (15, "monitor.keep_text"),
        (16, "monitor.redact_patterns"),
        (17, "monitor.queue.url"),
        (20, "monitor.routes[0].tier"),
        (21, "monitor.routes[0].axes"),
        (22, "monitor.routes[0].outcomes.refusal.tolerance"),
        (23, "monitor.routes[1].name"),
        (23, "monitor.routes[1].match.models[0]"),
        (25, "monitor.routes[3]"),
        (26, "monitor.routes[4].name"),
        (27, "moniter"),
    ]
    assert all(mistake.mend for mistake in found)
    assert all(str(mistake).startswith(f"line {mistake.line}, {mistake.where}: ") for mistake in found)


@pytest.mark.parametrize(
    ("more", "near"),
    [
        ("monitor: {sample_rat: 0.1}", "sample_rate"),
        ("monitor: {routes: [{name: a, outcome: {}}]}", "outcomes"),
        ("monitor: {routes: [{name: a, match: {model: [x]}}]}", "models"),
        ("monitor: {budget: {usd_a_day: 1}}", "usd_per_day"),
        ("gateway: {max_body: 5000}", "max_body_bytes"),
        ("data_dirs: x", "data_dir"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_known_one(more: str, near: str) -> None:
    (mistake,) = mistakes(more)
    assert mistake.what == "is not a known setting"
    assert mistake.mend == f"did you mean {near}?"


def test_an_unknown_key_near_nothing_is_refused_with_all_that_are_known() -> None:
    (mistake,) = mistakes("metrics: {zzz: 1}")
    assert mistake.mend == "known here: error_objective, genai_names, listen, overhead_objective_seconds"


@pytest.mark.parametrize(
    ("more", "what", "mend"),
    [
        ("gateway: {max_body_bytes: [1]}", "valid integer", "whole number; the default is 33554432"),
        ("gateway: {keepalive_seconds: 0}", "greater than 0", "the default is 30.0"),
        ("monitor: {alpha: a}", "valid number", "the default is 0.01"),
        ("monitor: {alpha: 1}", "less than 1", "the default is 0.01"),
        ("monitor: {keep_text: maybe}", "'none', 'flagged' or 'all'", "flagged"),
        ("monitor: {routes: {}}", "valid list", "write a list"),
        ("monitor: {routes: [{name: a b}]}", "pattern", "letters, digits"),
        ("monitor: {routes: [{name: a, outcomes: {}}]}", "at least 1", "add at least one"),
        ("monitor: {routes: [{name: a, axes: {gender: {reference: m, groups: [m]}}}]}", "must differ", "see the annotated example"),
        ("monitor: {redact_patterns: ['x*']}", "matches the empty text", "see the annotated example"),
        ("monitor: {store_url: 'postgresql://x'}", "postgresql is not spoken yet", "SQLite"),
        ("metrics: {listen: '127.0.0.1:70000'}", "HOST:PORT", "see the annotated example"),
        ("general_settings: {master_key: ' '}", "must not be empty", "see the annotated example"),
        ("general_settings: {default_model: nobody}", "nobody is not in model_list", "one of: support"),
        ("monitor: {routes: [{name: a, match: {models: [nobody]}}]}", "nobody is not a model_name", "one of: support"),
        ("monitor: {routes: [{name: a}, {name: a}]}", "two routes are called a", "its own name"),
        ("1: 2", "keys should be strings", "see the annotated example"),
    ],
)
def test_a_wrong_value_is_told_with_what_would_be_right(more: str, what: str, mend: str) -> None:
    (mistake,) = mistakes(more)
    assert what in mistake.what
    assert mend in mistake.mend


@pytest.mark.parametrize(
    ("start", "where", "what"),
    [
        ("data_dir: x\n", "model_list", "is missing"),
        ("model_list: []\n", "model_list", "at least 1"),
        ("model_list: {a: b}\n", "model_list", "valid list"),
        ("model_list: [{model_name: a}]\n", "model_list[0].litellm_params", "is missing"),
        ("model_list: [{model_name: yes, litellm_params: {model: m}}]\n", "model_list[0].model_name", "valid string (it is True)"),
        ("model_list: [{model_name: a, litellm_params: {model: openai/*}}]\n", "model_list[0].litellm_params.model", "does not fill"),
        ("model_list: [{model_name: 'a*b*', litellm_params: {model: m}}]\n", "model_list[0].model_name", "more than one *"),
        (
            "model_list: [{model_name: a, litellm_params: {model: nobody/x}}]\n",
            "model_list[0].litellm_params.model",
            "provider of nobody/x is nobody",
        ),
    ],
)
def test_a_model_list_that_cannot_be_served_is_refused(start: str, where: str, what: str) -> None:
    (mistake,) = mistakes(start=start)
    assert mistake.where == where
    assert what in mistake.what


def test_a_broken_model_entry_does_not_make_the_routes_that_name_it_wrong() -> None:
    start = "model_list: [{litellm_params: {model: m}}]\nmonitor: {routes: [{name: a, match: {models: [support]}}]}\n"
    assert places(mistakes(start=start)) == [(1, "model_list[0].model_name")]


def test_an_unset_variable_is_a_mistake_that_says_how_to_set_it() -> None:
    (mistake,) = mistakes(environ={})
    assert str(mistake) == (
        "line 4, model_list[0].litellm_params.api_key: the environment variable UPSTREAM_KEY is not set → export UPSTREAM_KEY=…"
    )


def test_commands_that_need_no_secrets_get_unset_variables_as_a_list() -> None:
    loaded = read("gateway: {max_body_bytes: os.environ/SIZE}", environ={}, unset_is_mistake=False)
    assert [variable.where for variable in loaded.unset] == ["model_list[0].litellm_params.api_key", "gateway.max_body_bytes"]
    assert loaded.settings.gateway.max_body_bytes == 33_554_432


def test_a_variable_can_hold_a_number() -> None:
    assert read("gateway: {max_body_bytes: os.environ/SIZE}", environ={**ENVIRON, "SIZE": "4096"}).settings.gateway.max_body_bytes == 4_096


def test_what_came_from_the_environment_is_never_shown() -> None:
    found = mistakes(
        """
        general_settings: {master_key: os.environ/BLANK}
        gateway: {max_body_bytes: os.environ/SECRET}
        monitor: {redact_patterns: [5]}
        """,
        environ={**ENVIRON, "SECRET": "hunter2", "BLANK": " "},
    )
    assert len(found) == 3
    assert "hunter2" not in str(found)


def test_a_literal_key_of_the_wrong_type_is_not_shown() -> None:
    (mistake,) = mistakes("general_settings: {master_key: 12345678}")
    assert "12345678" not in str(mistake)


def test_a_section_whose_lines_are_all_comments_has_its_defaults() -> None:
    loaded = read(
        """
        gateway:
          # max_body_bytes: 1
        metrics:
        general_settings:
        monitor:
          # routes: []
        """
    )
    assert loaded.settings.gateway.max_body_bytes == 33_554_432
    assert loaded.settings.monitor is not None
    assert "nothing is monitored" in loaded.warnings[0]


def test_an_axis_can_be_named_alone_and_an_outcome_left_empty() -> None:
    loaded = read("monitor: {routes: [{name: a, axes: [gender], outcomes: {refusal: , length: {tolerance: 0.2, unit: words}}}]}")
    (route,) = loaded.settings.routes
    assert (route.axes["gender"].reference, list(route.axes)) == ("male", ["gender"])
    assert (route.tolerance("refusal"), route.tolerance("length"), route.tolerance("length_given")) == (0.05, 0.2, 0.2)
    assert route.outcomes["length"].scorer_options == {"unit": "words"}


def test_a_credential_among_the_headers_to_capture_is_a_warning() -> None:
    loaded = read("monitor: {capture_headers: [x-team, Authorization], routes: [{name: a}]}")
    (warning,) = loaded.warnings
    assert warning == "line 5, monitor.capture_headers[1]: Authorization carries a credential and is never captured → take it out"


def test_more_models_or_routes_than_metrics_can_label_are_refused() -> None:
    entries = "\n".join(f"  - {{model_name: m{number}, litellm_params: {{model: m}}}}" for number in range(51))
    routes = ", ".join(f"{{name: r{number}}}" for number in range(51))
    found = mistakes(start=f"model_list:\n{entries}\nmonitor: {{routes: [{routes}]}}\n")
    assert places(found) == [(1, "model_list"), (53, "monitor.routes")]
    assert all("50 is the limit" in mistake.what for mistake in found)
