"""What holds for every scorer, whatever it measures."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitors.scorers import Reply, Scorer, build

WORDS = {"kind": "words", "favourable": ["hire"], "unfavourable": ["reject"]}
JSON = {"kind": "json", "path": "a.b", "as": "number", "low": 0, "high": 5}
SPECS = {
    "words": WORDS,
    "two people": {**WORDS, "subject": "Maria"},
    "yes_no": {"kind": "yes_no"},
    "label": {"kind": "label", "labels": {"low": 1, "A": 4}},
    "number": {"kind": "number", "low": 1, "high": 10, "unit": "months"},
    "json number": JSON,
    "json words": {**WORDS, "kind": "json", "path": "decision", "as": "words"},
}
SCORERS: dict[str, Scorer] = {
    **build({"refusal": {}, "not_served": {}, "length": {}, "language": {}}),
    **{f"decision {name}": build({"decision": spec})["decision"] for name, spec in SPECS.items()},
}
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

pytestmark = pytest.mark.parametrize("scorer", SCORERS.values(), ids=SCORERS)


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


def test_the_fingerprint_is_stable_between_builds(scorer: Scorer) -> None:
    assert len(scorer.fingerprint) == 16
    name = next(name for name, other in SCORERS.items() if other is scorer)
    kind = name.removeprefix("decision ")
    again = build({"decision": SPECS[kind]})["decision"] if kind != name else build({name: {}})[name]
    assert again.fingerprint == scorer.fingerprint
