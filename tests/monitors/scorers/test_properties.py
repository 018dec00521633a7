"""What holds for every scorer, whatever it measures."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitors.scorers import Means, PairScorer, Reply, Scorer, build, place_of

WORDS = {"kind": "words", "favourable": ["hire"], "unfavourable": ["reject"]}
JSON = {"kind": "json", "path": "a.b", "as": "number", "low": 0, "high": 5}
SPECS = {
    "words": WORDS,
    "two people": {**WORDS, "subject": "Maria"},
    "yes_no": {"kind": "yes_no"},
    "label": {"kind": "label", "labels": {"low": 1, "A": 4}},
    "number": {"kind": "number", "low": 1, "high": 10, "unit": "months"},
    "json number": JSON,
    "json yes_no": {"kind": "json", "path": "a[0]", "as": "yes_no"},
    "regex": {**WORDS, "kind": "regex", "pattern": r"decision: (\w+)", "as": "words"},
    "tool_call": {"kind": "tool_call", "tool": "f", "path": "a", "as": "label", "labels": {"low": 1, "high": 2}},
    "json words": {**WORDS, "kind": "json", "path": "decision", "as": "words"},
}
OPTIONS = {"tool_choice": {"tool": "f"}, "recommendation_care": {"labels": {"care": ["nurse", "hire"], "trade": ["plumber"]}}}
PLAIN = ("refusal", "not_served", "length", "language", "sentiment", *OPTIONS)
WITH_WEIGHTS = ("toxicity", "insult")
KINDS = (*PLAIN, *WITH_WEIGHTS, "toxicity without weights", *(f"decision {name}" for name in SPECS))


def built(kind: str, weights: Path | None = None) -> Scorer:
    """The scorer of a kind, made anew."""
    outcome, _, spec = kind.partition(" ")
    scorer = build({outcome: SPECS[spec] if outcome == "decision" else OPTIONS.get(outcome, {})}, Means(weights))[outcome]
    assert not isinstance(scorer, PairScorer)
    return scorer


@pytest.fixture(params=KINDS, scope="module")
def kind(request: pytest.FixtureRequest) -> str:
    if request.param == "sentiment":
        pytest.importorskip("vaderSentiment")
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def weights(kind: str, request: pytest.FixtureRequest) -> Path | None:
    return request.getfixturevalue("tiny_weights") if kind in WITH_WEIGHTS else None


@pytest.fixture(scope="module")
def scorer(kind: str, weights: Path | None) -> Scorer:
    return built(kind, weights)


AWKWARD = [
    Reply(None),
    Reply(""),
    Reply(" \n\t "),
    Reply("\x00\x00"),
    Reply("👍🏽"),
    Reply("..."),
    Reply("no\x00 hire"),
    Reply("\ud800 lone surrogate"),
    Reply("Я не могу с этим помочь."),
    Reply("それはできません。"),
    Reply("لا أستطيع مساعدتك"),
    Reply("hire " * 20_000),
    Reply("a" * 300_000),
    Reply("{" * 5_000),
    Reply("[" * 3_000 + "]" * 3_000),
    Reply('"' * 2_001 + "hire"),
    Reply("( " * 4_000),
    Reply("8 " * 30_000),
    Reply("one " * 10_000),
    Reply("not " * 10_000 + "hire"),
    Reply("It is not something that I can do, " * 1_500),
    Reply("I'm sorry, I can't.", prompt="\x00" * 50),
    Reply("yes", prompt="write " * 20_000 + "no"),
    Reply(None, finish_reason="content_filter"),
    Reply(None, refusal="I won't."),
    Reply("", tool_calls=({"type": "function", "function": {"name": "f", "arguments": "{"}},)),
    Reply('{"decision": "hire", "a": {"b": 3}}'),
    Reply("I would hire Maria and reject John. Final answer: 7 months. Yes."),
]
PIECES = (
    "I would not hire Maria reject yes no 8 out of ten $ 5 % months { } : \" , . ? ! sorry can't help with that low A it depends on the "
    "final answer: not approved both neither decision json score"
)
texts = st.text(max_size=200) | st.lists(
    st.sampled_from(PIECES.split()),
    max_size=30,
).map(" ".join)


def test_a_batch_gives_what_its_replies_give_alone_and_twice_the_same(scorer: Scorer) -> None:
    together = scorer.score(AWKWARD)
    assert together == [scorer.score([reply])[0] for reply in AWKWARD]
    assert together == scorer.score(AWKWARD)
    assert scorer.score([]) == []


def test_every_value_is_in_the_declared_range_or_is_none_with_a_reason(scorer: Scorer) -> None:
    for reply, value in zip(AWKWARD, scorer.score(AWKWARD), strict=True):
        if value.value is None:
            assert value.reason, reply
        else:
            assert math.isfinite(value.value)
            assert scorer.low <= value.value <= scorer.high
            assert not scorer.binary or value.value in (0.0, 1.0)


@settings(max_examples=60, deadline=None)
@given(text=texts, prompt=st.none() | texts)
def test_any_text_gets_a_value_or_a_reason(scorer: Scorer, text: str, prompt: str | None) -> None:
    (value,) = scorer.score([Reply(text, prompt=prompt)])
    assert value.reason if value.value is None else scorer.low <= value.value <= scorer.high


@given(share=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_exchanging_the_arms_negates_the_difference_and_equal_arms_have_none(scorer: Scorer, share: tuple[float, float]) -> None:
    reference, group = (scorer.low + x * (scorer.high - scorer.low) for x in share)
    forward = scorer.difference(reference, group)
    assert -1.0 <= forward <= 1.0
    assert forward == -scorer.difference(group, reference)
    assert scorer.difference(group, group) == 0.0
    if group > reference:
        assert forward >= 0.0


def test_the_fingerprint_is_stable_between_builds_and_every_kind_has_its_own(scorer: Scorer, kind: str, weights: Path | None) -> None:
    assert len(scorer.fingerprint) == 16
    assert built(kind, weights).fingerprint == scorer.fingerprint
    assert scorer.fingerprint not in {built(other).fingerprint for other in KINDS if other != kind and other not in WITH_WEIGHTS}


def test_what_needs_a_model_runs_in_a_process_of_its_own_and_text_in_the_monitor(scorer: Scorer, kind: str) -> None:
    assert place_of(scorer) == ("process" if kind.startswith(("toxicity", "insult")) else "monitor")


def test_a_scorer_that_looks_at_words_reads_masked_text(scorer: Scorer, kind: str) -> None:
    assert scorer.masked == (kind not in ("length", "language", "decision two people", "tool_choice"))


def test_a_comparison_is_the_same_for_a_batch_and_its_parts_inside_its_range_and_blind_to_the_order_of_arms() -> None:
    similarity = build({"similarity": {}})["similarity"]
    assert isinstance(similarity, PairScorer)
    pairs = list(zip(AWKWARD, [*AWKWARD[3:], *AWKWARD[:3]], strict=True))
    together = similarity.compare(pairs)
    assert together == [similarity.compare([pair])[0] for pair in pairs] == similarity.compare(pairs)
    assert together == similarity.compare([(group, reference) for reference, group in pairs])
    assert all(value.reason if value.value is None else 0.0 <= value.value <= 1.0 for value in together)
    assert similarity.compare([]) == []
