from __future__ import annotations

import json
from typing import Any

import pytest

from monitors.scorers import Means, OptionsError, Reply, build
from monitors.scorers.judge import NO_RATING, Judge
from monitors.scorers.judge.rubric import HIGH, LOW, SHIPPED
from tests.monitors.scorers.endpoint import Answer, Server, client, completion, serving

LENGTHY = Reply("A long and warm reply with many words.", prompt="May [name] apply?")
CURT = Reply("No.", prompt="May [name] apply?")


def by_length(body: dict[str, Any], bonus: int = 0) -> Answer:
    """A judge that likes long replies, and the first of two by ``bonus``."""
    shown = json.loads(body["messages"][1]["content"])
    first, second = (LOW + min(5, len(shown[place].split())) for place in ("first reply", "second reply"))
    return completion(json.dumps({"reasoning": "…", "first": min(HIGH, first + bonus), "second": second}))


def judge_of(server: Server, name: str = "judge_helpfulness", means: Means | None = None, **more: Any) -> Judge:
    found = build({name: {"api_base": server.base, "model": "j", **more}}, means)[name]
    assert isinstance(found, Judge)
    return found


def test_both_orders_are_asked_and_averaged_and_the_lead_of_the_first_is_told_not_subtracted() -> None:
    with serving(lambda body: by_length(body, bonus=1)) as server, client() as asked:
        judge = judge_of(server, means=Means(client=asked))
        (value,) = judge.compare([(CURT, LENGTHY)])
    shown = [json.loads(body["messages"][1]["content"]) for body in server.bodies]
    assert [x["first reply"] for x in shown] == [CURT.text, LENGTHY.text]
    parts = dict(value.parts)
    assert value.value == pytest.approx((parts["group"] - parts["reference"]) / (HIGH - LOW))
    assert value.value is not None
    assert value.value > 0.5
    assert parts["position_bias"] == pytest.approx(1 / (HIGH - LOW))
    assert judge.position_bias == (parts["position_bias"], 1)


def test_exchanging_the_arms_negates_the_value() -> None:
    with serving(lambda body: by_length(body, bonus=1)) as server, client() as asked:
        judge = judge_of(server, means=Means(client=asked))
        forward, backward = judge.compare([(CURT, LENGTHY), (LENGTHY, CURT)])
    assert forward.value == -(backward.value or 0)
    assert len(server.bodies) == 2, "what was asked once is remembered"


def test_the_judge_sees_the_request_the_replies_and_the_rubric_and_answers_by_a_schema() -> None:
    with serving(by_length) as server, client() as asked:
        judge_of(server, "judge_neutrality", Means(client=asked), api_key="k-1").compare([(CURT, LENGTHY)])
    body = server.bodies[0]
    assert server.paths[0] == "/v1/chat/completions"
    assert server.headers[0]["authorization"] == "Bearer k-1"
    assert SHIPPED["neutrality"].text in body["messages"][0]["content"]
    assert "Work through these steps" in body["messages"][0]["content"]
    assert json.loads(body["messages"][1]["content"])["request"] == "May [name] apply?"
    schema = body["response_format"]["json_schema"]["schema"]
    assert list(schema["properties"]) == ["reasoning", "first", "second"]
    assert body["temperature"] == 0
    assert "reference" not in json.dumps(body), "which arm is which is not told"


def test_a_rubric_and_a_prompt_of_the_configuration_take_the_place_of_ours() -> None:
    with serving(by_length) as server, client() as asked:
        judge = judge_of(server, "judge_warmth", Means(client=asked), rubric="Warmth. 7: kind.", polarity="neither", prompt="plain")
        judge.compare([(CURT, LENGTHY)])
    system = server.bodies[0]["messages"][0]["content"]
    assert "Warmth. 7: kind." in system
    assert "steps" not in system
    assert (judge.outcome, judge.polarity) == ("judge_warmth", "neither")


@pytest.mark.parametrize(
    "content",
    ["", "both fine", '{"first": 9, "second": 3}', '{"first": 3}', '{"first": "good", "second": "bad"}', '{"first": 2.5, "second": 3}'],
)
def test_an_answer_without_ratings_on_the_scale_is_no_value_with_its_reason(content: str) -> None:
    with serving(lambda body: completion(content)) as server, client() as asked:
        (value,) = judge_of(server, means=Means(client=asked)).compare([(CURT, LENGTHY)])
    assert (value.value, value.reason) == (None, NO_RATING)


@pytest.mark.parametrize(
    ("answer", "told"), [((503, {}), "answered 503"), ((200, b"<html>"), "answered without JSON"), ((302, {}), "answered 302")]
)
def test_a_failing_endpoint_is_the_scorer_s_failure_and_is_told(answer: Answer, told: str) -> None:
    with serving(lambda body: answer) as server, client() as asked:
        judge = judge_of(server, means=Means(client=asked))
        (value,) = judge.compare([(CURT, LENGTHY)])
        assert value.reason == f"scorer_failed: the endpoint {told}"
        assert judge.problem == f"the endpoint {told}"
        server.answer = by_length
        assert judge.compare([(CURT, LENGTHY)])[0].value is not None
        assert judge.problem is None


def test_the_calls_of_a_day_are_bounded_and_the_next_day_begins_anew() -> None:
    day = [1]
    with serving(by_length) as server, client() as asked:
        judge = judge_of(server, means=Means(client=asked, today=lambda: day[0]), calls_per_day=3)
        others = [Reply(f"reply {number}") for number in range(3)]
        values = [judge.compare([(CURT, other)])[0] for other in others[:2]]
        assert [value.reason for value in values] == [None, "the calls of this day are used up"]
        day[0] = 2
        assert judge.compare([(CURT, others[2])])[0].value is not None
    assert len(server.bodies) == 5


def test_an_empty_reply_and_a_host_that_is_not_allowed_are_not_asked_about() -> None:
    with serving(by_length) as server, client() as asked:
        judge = judge_of(server, means=Means(client=asked))
        assert judge.compare([(Reply(" "), LENGTHY)])[0].reason == "empty reply"
        elsewhere = build({"judge_helpfulness": {"api_base": "http://judge.example/v1", "model": "j"}}, Means(client=asked))[
            "judge_helpfulness"
        ]
        assert isinstance(elsewhere, Judge)
        (value,) = elsewhere.compare([(CURT, LENGTHY)])
    assert value.reason == "scorer_failed: the endpoint is at judge.example, which no route allows"
    assert server.bodies == []


def test_rubric_prompt_and_model_are_in_the_fingerprint_and_the_key_is_not() -> None:
    def mark(**more: Any) -> str:
        return build({"judge_x": {"api_base": "http://h/v1", "model": "j", "rubric": "r", **more}})["judge_x"].fingerprint

    assert len({mark(), mark(rubric="s"), mark(model="k"), mark(prompt="plain")}) == 4
    assert mark() == mark(api_key="secret")


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ({"model": "j", "rubric": "r"}, "judge_x.api_base: give the endpoint's address"),
        ({"api_base": "http://h/v1", "rubric": "r"}, "judge_x.model: give the model's name"),
        ({"api_base": "http://h/v1", "model": "j"}, "judge_x.rubric: write what is rated"),
        ({"api_base": "http://u:p@h/v1", "model": "j", "rubric": "r"}, "judge_x.api_base: holds a credential"),
        ({"api_base": "http://h/v1", "model": "j", "rubric": "r", "prompt": "long"}, "judge_x.prompt: there is no such prompt"),
        ({"api_base": "http://h/v1", "model": "j", "rubric": "r", "calls_per_day": 0}, "judge_x.calls_per_day: give a whole number"),
        ({"api_base": "http://h/v1", "model": "j", "rubric": "r", "rubrik": "r"}, "judge_x.rubrik: not a field of a judge"),
    ],
)
def test_a_wrong_section_names_the_field_and_the_mend(section: dict[str, Any], told: str) -> None:
    with pytest.raises(OptionsError) as caught:
        build({"judge_x": section})
    assert told in str(caught.value)


def test_the_lead_of_the_first_place_is_told_after_every_hundred_pairs() -> None:
    with serving(lambda body: by_length(body, bonus=1)) as server, client() as asked:
        judge = judge_of(server, means=Means(client=asked))
        judge.compare([(CURT, LENGTHY)] * 99)
        assert judge.notice is None
        judge.compare([(CURT, LENGTHY)])
    assert judge.notice == "the reply that stands first is rated +0.167 of the scale higher, over 100 pairs; both orders are averaged"
