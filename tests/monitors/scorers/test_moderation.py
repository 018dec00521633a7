from __future__ import annotations

from typing import Any

import pytest

from monitors.scorers import Means, OptionsError, PairScorer, Reply, Scorer, Value, build
from tests.monitors.scorers.endpoint import Answer, Server, client, serving


def moderated(body: dict[str, Any]) -> Answer:
    return 200, {"results": [{"category_scores": {"hate": 0.7 if "idiot" in body["input"] else 0.1, "violence": 0.2}}]}


def analysed(body: dict[str, Any]) -> Answer:
    (attribute,) = body["requestedAttributes"]
    return 200, {"attributeScores": {attribute: {"summaryScore": {"value": 0.25, "type": "PROBABILITY"}}}}


def scores(server: Server, outcome: str, *texts: str | None, **section: Any) -> list[Value]:
    with client() as asked:
        scorer: Any = build({outcome: {"api_base": server.base, **section}}, Means(client=asked))[outcome]
        found: list[Value] = scorer.score([Reply(text) for text in texts])
    return found


def test_a_category_of_a_moderation_endpoint_is_a_score_and_the_highest_without_one() -> None:
    with serving(moderated) as server:
        one = scores(server, "moderation", "you idiot", "good day", category="violence", api_key="k")
        highest = scores(server, "moderation", "you idiot", "good day", model="m-1")
    assert [value.value for value in one] == [0.2, 0.2]
    assert [value.value for value in highest] == [0.7, 0.2]
    assert dict(one[0].parts) == {"hate": 0.7, "violence": 0.2}
    assert server.paths[0] == "/v1/moderations"
    assert server.headers[0]["authorization"] == "Bearer k"
    assert server.bodies[-1] == {"model": "m-1", "input": "good day"}


def test_an_attribute_of_a_perspective_endpoint_is_a_score() -> None:
    with serving(analysed) as server:
        (value,) = scores(server, "perspective", "good day", attribute="INSULT", api_key="k")
    assert value == Value(0.25)
    assert server.paths == ["/v1/comments:analyze?key=k"]
    assert server.bodies[0]["doNotStore"] is True
    assert server.bodies[0]["requestedAttributes"] == {"INSULT": {}}


@pytest.mark.parametrize(
    ("outcome", "answer", "told"),
    [
        ("moderation", (429, {}), "scorer_failed: the endpoint answered 429"),
        ("moderation", (200, {"results": []}), "scorer_failed: the endpoint answered without category_scores"),
        ("perspective", (200, {"attributeScores": {}}), "scorer_failed: the endpoint answered without a score of TOXICITY"),
    ],
)
def test_a_failure_is_no_value_with_its_reason(outcome: str, answer: Answer, told: str) -> None:
    with serving(lambda body: answer) as server:
        (value,) = scores(server, outcome, "good day")
    assert (value.value, value.reason) == (None, told)


def test_what_is_empty_not_scored_or_over_the_budget_is_no_value() -> None:
    with serving(moderated) as server:
        empty, asked, spent = scores(server, "moderation", " ", "a", "b", category="sexual", calls_per_day=1)
    assert empty.reason == "empty reply"
    assert asked.reason == "the endpoint does not score sexual"
    assert spent.reason == "the calls of this day are used up"


def test_they_read_masked_text_and_wait_in_the_lane_for_endpoints() -> None:
    for outcome in ("moderation", "perspective"):
        scorer = build({outcome: {"api_base": "https://h/v1"}})[outcome]
        assert not isinstance(scorer, PairScorer)
        described: Scorer = scorer
        assert (described.masked, described.place, described.signed) == (True, "endpoint", True)


def test_a_wrong_section_names_the_field() -> None:
    with pytest.raises(OptionsError, match=r"moderation\.kategory: not a field"):
        build({"moderation": {"api_base": "https://h/v1", "kategory": "hate"}})
    with pytest.raises(OptionsError, match=r"perspective\.attribute: give a name"):
        build({"perspective": {"api_base": "https://h/v1", "attribute": 3}})
