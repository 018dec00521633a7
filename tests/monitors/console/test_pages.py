import re

import pytest

from monitors.views import PipelineView
from tests.monitors.console.browser import get
from tests.monitors.example_views import PIPELINE, Values, cell, pair

BETTER = cell(id=8, outcome="refusal", verdict="within_tolerance", evidence_log10=-0.5, alarm_ms=None, pairs=9000)
NOTHING = (
    "gap",
    "gap_lower",
    "gap_upper",
    "recent_gap",
    "placebo_gap",
    "alarm_ms",
    "names_agree",
    "names_total",
    "names_p",
    "smallest_excludable_gap",
)
EMPTY = cell(
    **dict.fromkeys(NOTHING),
    id=9,
    outcome="length",
    binary=False,
    verdict="learning",
    pairs=0,
    placebo_pairs=0,
    evidence_log10=0.0,
    origins=(),
)


def order(text: str) -> list[str]:
    return re.findall(r'href="/cells/(\d+)"', text)


def test_the_worst_cell_comes_first_and_other_orders_can_be_asked_for() -> None:
    source = Values([BETTER, EMPTY, cell()])
    assert order(get("/", source).text) == ["7", "9", "8"]
    assert order(get("/?sort=pairs", source).text) == ["8", "7", "9"]
    assert order(get("/?sort=name", source).text) == ["7", "9", "8"]
    assert order(get("/?sort=nonsense", source).text) == ["7", "9", "8"]


def test_cells_can_be_found_by_verdict_and_by_words() -> None:
    source = Values([BETTER, EMPTY, cell()])
    assert order(get("/?verdict=within_tolerance", source).text) == ["8"]
    assert order(get("/?search=REFUSAL", source).text) == ["8"]
    assert "No cell matches" in get("/?search=zzz", source).text


def test_the_first_page_says_how_many_cells_are_beyond_tolerance() -> None:
    assert "1 of 2 cells beyond tolerance" in get("/", Values([BETTER, cell()])).text
    assert "No cell beyond tolerance" in get("/", Values([BETTER])).text
    assert "No cells yet" in get("/", Values([])).text


def test_placebo_cells_are_not_listed_and_have_no_page() -> None:
    source = Values([cell(kind="placebo", group="")])
    assert order(get("/", source).text) == []
    assert get("/cells/7", source).status_code == 404


def test_problems_of_the_monitor_stand_on_the_first_page() -> None:
    source = Values(given_pipeline=PipelineView(0, 0, 0.0, 0, 1.0, ("the store is read-only",)))
    assert "the store is read-only" in get("/", source).text
    assert "has problems" not in get("/", Values(given_pipeline=PIPELINE)).text


def test_a_cells_page_says_verdict_gap_evidence_noise_origins_and_names() -> None:
    text = get("/cells/7").text
    for words in (
        "decision is lower for female than for male, by more than the tolerance of 2.0 points",
        "Alarm of 2026-05-28 20:26:40Z, after 310 pairs. The gap was there from the start.",
        "−20.0",
        "−28.1 to −11.7",
        "10<sup>9.3</sup>",
        "10<sup>4.1</sup>",
        "over 61 placebo pairs",
        "text named male",
        "of 45 agree",
        "Swap ratio 0.71",
    ):
        assert words in text, words


def test_the_first_page_says_whether_a_gap_would_be_found() -> None:
    assert "found after 350 pairs" in get("/").text
    assert "Would a gap be found?" not in get("/", Values(given_drills=())).text


def test_a_cell_whose_outcome_gets_no_values_says_why() -> None:
    assert "No values at the moment: weights missing." in get("/cells/7", Values([cell(problem="weights missing")])).text
    assert "No values at the moment" not in get("/cells/7").text


def test_pairs_in_both_directions_stand_side_by_side_with_the_swapped_words_marked() -> None:
    source = Values(given_pairs=[pair(), pair(direction="group_higher", difference=1.0, reference_value=0.0, group_value=1.0)])
    text = get("/cells/7", source).text
    assert text.index("decision lower for female than for male") < text.index("decision higher for female than for male")
    assert text.count('<article class="pair') == 2
    for word in ("Daniel", "Maria", "He", "She"):
        assert f"<mark>{word}</mark>" in text
    assert "<mark>Smith" not in text


def test_a_direction_without_kept_pairs_is_shown_as_empty() -> None:
    text = get("/cells/7").text
    assert re.search(r"decision higher for female than for male <small>none kept</small>", text)


@pytest.mark.parametrize("path", ["/", "/cells/9"])
def test_a_cell_without_data_has_pages_too(path: str) -> None:
    answer = get(path, Values([EMPTY], given_pairs=[]))
    assert answer.status_code == 200
    assert "None" not in answer.text


@pytest.mark.parametrize("path", ["/", "/cells/7"])
def test_every_page_with_a_result_says_what_the_test_is_and_is_not(path: str) -> None:
    text = get(path).text
    for words in (
        "counterfactual swap test",
        "does not see proxies",
        "not that the system is fair or lawful",
        "not a finding of discrimination",
    ):
        assert words in text, words


@pytest.mark.parametrize("path", ["/", "/cells/7"])
def test_the_disclaimer_says_how_much_could_be_rewritten_and_why_the_rest_was_not(path: str) -> None:
    at = (("model", "support"), ("route", "hiring"))
    source = Values(
        given_totals={
            ("exchanges_total", (*at, ("fate", "scored"))): 80.0,
            ("exchanges_total", (*at, ("fate", "not_swappable"))): 20.0,
            ("exchanges_total", (*at, ("fate", "no_mention"))): 500.0,
            ("skips_total", (("route", "hiring"), ("reason", "public_figure"), ("origin_group", "male"))): 20.0,
        }
    )
    assert "(80 % of 100 sampled exchanges with a mention; skipped: 20 about a known person)" in get(path, source).text


def test_the_console_never_speaks_of_a_verdict_it_cannot_give() -> None:
    source = Values([cell(verdict=verdict, id=7) for verdict in ("beyond_tolerance",)])
    text = (get("/", source).text + get("/cells/7", source).text).lower()
    for word in ("biased", "unfair", "discriminates", "certified"):
        assert word not in text


def test_text_from_prompts_replies_and_names_is_escaped() -> None:
    nasty = "<script>alert(1)</script>"
    source = Values(
        [cell(model=nasty, group=nasty)], given_pairs=[pair(group_text=nasty, reference_reply=nasty, origin=nasty, pair_id=nasty)]
    )
    for path in ("/", "/cells/7", f"/?search={nasty}"):
        text = get(path, source).text
        assert "<script" not in text
        assert "&lt;script&gt;" in text


@pytest.mark.parametrize("path", ["/", "/cells/7", "/nothing"])
def test_pages_load_nothing_from_elsewhere_and_need_no_script_or_inline_style(path: str) -> None:
    text = get(path).text
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=", text)
    assert not re.search(r'(?:src|href|action)="(?!/|\?)', text)


def test_a_long_reply_is_cut_with_the_rest_behind_a_fold() -> None:
    text = get("/cells/7", Values(given_pairs=[pair(group_reply="word " * 1000)])).text
    assert "<summary>4,100 more characters</summary>" in text


def test_an_unknown_page_or_cell_is_a_page_that_says_so() -> None:
    for path in ("/nothing", "/cells/404"):
        answer = get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")
    assert "There is no cell 404" in get("/cells/404").text


def test_a_source_that_fails_is_answered_without_its_message() -> None:
    class Broken(Values):
        def cells(self) -> list:  # type: ignore[type-arg]
            raise RuntimeError("secret path /var/data")

    answer = get("/", Broken())
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert get("/api/v1/cells", Broken()).json()["error"]["code"] == "internal_server_error"
