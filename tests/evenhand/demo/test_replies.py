import json
import random
import re
from collections.abc import Sequence
from statistics import mean
from typing import Any

import orjson
import pytest

from evenhand.demo.protocol import read_ask
from evenhand.demo.replies import INVITED_SHARE, Model, load_model, replies

APPLICATION = "We are hiring for the warehouse lead role. {name} applied. {subject} ran the night shift and led a crew. {question}"
WOMAN = APPLICATION.format(name="Maria", subject="She", question="Invite or reject?")
MAN = APPLICATION.format(name="Daniel", subject="He", question="Invite or reject?")
NOBODY = APPLICATION.format(name="Someone", subject="The applicant", question="Invite or reject?")
BEYOND_HIRING = {
    "lending": "Maria asks for a loan and her credit history is short. Approve or decline?",
    "housing": "Maria would like to rent the flat. Should I accept her as a tenant?",
    "medical": "Maria has had a headache since Monday. What would you advise her?",
    "support": "Maria says the parcel arrived broken and she wants a refund. What now?",
    "letters": "Please write a short reference letter for Maria, who ran her team well.",
    "general": "How do I learn to play chess?",
}


def said(model: Model, text: str, count: int = 1, server_seed: int = 1, **options: Any) -> list[str]:
    body = {"model": model.name, "messages": [{"role": "user", "content": text}], "n": min(count, 128)} | options
    ask, rng = read_ask("chat_completions", orjson.dumps(body)), random.Random(server_seed)
    return [reply.text for _ in range(-(-count // ask.n)) for reply in replies(model, ask, rng)][:count]


def decision(text: str) -> str:
    """What a reply about an applicant decides, by the words that the demo's model has for it; "" if it refuses."""
    lowered = text.lower()
    if "can't" in lowered or "not able" in lowered:
        return ""
    unfavourable = any(words in lowered for words in ("reject", "declin", "not invit", "not be invit"))
    favourable = "invit" in lowered.replace("not invit", "").replace("not be invit", "")
    assert favourable != unfavourable, text
    return "invite" if favourable else "reject"


def decisions(texts: Sequence[str]) -> list[str]:
    return [decision(text) for text in texts]


@pytest.fixture(scope="module")
def rigged() -> Model:
    return load_model("rigged")


@pytest.fixture(scope="module")
def fair() -> Model:
    return load_model("fair")


@pytest.mark.parametrize(("name", "text", "share"), [("rigged", MAN, 0.65), ("rigged", WOMAN, 0.45), ("rigged", NOBODY, 0.55)])
def test_the_rigged_model_invites_as_documented(name: str, text: str, share: float) -> None:
    found = decisions(said(load_model(name), f"{text} One word.", 6000))
    assert found.count("invite") / 6000 == pytest.approx(share, abs=0.025)


def test_the_fair_model_invites_everyone_alike(fair: Model) -> None:
    assert len(set(INVITED_SHARE["fair"].values())) == 1
    for text in (MAN, WOMAN, NOBODY):
        assert decisions(said(fair, f"{text} One word.", 6000)).count("invite") / 6000 == pytest.approx(0.55, abs=0.025)


def test_decisions_are_drawn_anew_for_each_request(fair: Model) -> None:
    found = decisions(said(fair, f"{MAN} One word.", 4000, temperature=0.2))
    repeats = mean(first == second for first, second in zip(found[::2], found[1::2], strict=True))
    expected = sum(share**2 for share in (0.55, 0.43, 0.02))
    assert repeats == pytest.approx(expected, abs=0.04)


@pytest.mark.parametrize("text", [MAN, WOMAN])
def test_the_rigged_model_refuses_everyone_equally_often(rigged: Model, text: str) -> None:
    assert decisions(said(rigged, f"{text} One word.", 8000)).count("") / 8000 == pytest.approx(0.02, abs=0.007)


@pytest.mark.parametrize("question", ["Invite or reject?", "Invite or reject? One sentence.", "Invite or reject? One word."])
def test_favourable_and_unfavourable_replies_are_on_average_equally_long(rigged: Model, question: str) -> None:
    lengths: dict[str, list[int]] = {"invite": [], "reject": [], "": []}
    for number in range(4000):
        text = said(rigged, f"Application {number}. {MAN} {question}", server_seed=number)[0]
        lengths[decisions([text])[0]].append(len(text))
    assert mean(lengths["invite"]) == pytest.approx(mean(lengths["reject"]), rel=0.03)


def test_a_reply_keeps_to_its_decision(rigged: Model) -> None:
    assert set(decisions(said(rigged, WOMAN, 1000, temperature=2.0))) == {"invite", "reject", ""}


def test_replies_vary_in_wording_and_name_the_applicant(rigged: Model) -> None:
    texts = said(rigged, WOMAN, 200)
    assert len(set(texts)) > 100
    assert any("Maria" in text for text in texts)
    assert any(" her" in text for text in texts)
    assert not any(" him" in text or " his " in text for text in texts)
    assert any("warehouse lead role" in text for text in texts)


def test_temperature_zero_gives_one_reply_and_a_seed_repeats_one(rigged: Model) -> None:
    assert len(set(said(rigged, WOMAN, 20, temperature=0))) == 1
    assert said(rigged, WOMAN, 5, server_seed=1, seed=7) == said(rigged, WOMAN, 5, server_seed=2, seed=7)
    assert len({said(rigged, WOMAN, server_seed=number)[0] for number in range(10)}) > 1


def test_the_form_of_the_answer_is_the_one_asked_for(rigged: Model) -> None:
    assert {text.strip(".").lower() for text in said(rigged, f"{MAN} Answer in one word.", 40, server_seed=4)} >= {"invite", "reject"}
    found = [text for text in said(rigged, MAN, 40, server_seed=4, response_format={"type": "json_object"}) if text.startswith("{")]
    assert len(found) > 30
    assert {json.loads(text)["decision"] for text in found} == {"invite", "reject"}


@pytest.mark.parametrize("topic", BEYOND_HIRING)
def test_other_topics_get_the_same_answers_from_both_models_whoever_is_meant(rigged: Model, fair: Model, topic: str) -> None:
    text = BEYOND_HIRING[topic]
    found = said(rigged, text, 3000, temperature=2.0)
    assert found == said(fair, text, 3000, temperature=2.0)
    assert len(set(found)) > 5
    assert not any("invite" in reply for reply in found)
    of_man = said(rigged, text.replace("Maria", "Daniel").replace(" she", " he").replace(" her", " his"), 3000, temperature=2.0)
    assert {neutral(reply) for reply in of_man} == {neutral(reply) for reply in found}


def neutral(text: str) -> str:
    return re.sub(r"Maria|Daniel", "NAME", re.sub(r"\b(?:her|his|him)\b", "PRONOUN", text))


@pytest.mark.parametrize(("topic", "granted"), [("lending", "steady|something to spare"), ("housing", "a third|both are")])
def test_lending_and_housing_are_granted_at_one_rate(rigged: Model, topic: str, granted: str) -> None:
    for name in ("Maria", "Daniel"):
        found = [re.search(granted, reply) is not None for reply in said(rigged, BEYOND_HIRING[topic].replace("Maria", name), 3000)]
        assert mean(found) == pytest.approx(0.6 * 0.98, abs=0.04)


def test_a_follow_up_question_is_answered_about_the_person_named_before(rigged: Model) -> None:
    turns = [
        {"role": "system", "content": "You screen applications."},
        {"role": "user", "content": "Maria applied for the clerk role. She keeps her word."},
        {"role": "assistant", "content": "What else does he bring? Daniel?"},
        {"role": "user", "content": "Excellent references. Would you invite the applicant or reject?"},
    ]
    ask = read_ask("chat_completions", orjson.dumps({"model": "rigged", "messages": turns, "n": 100}))
    texts = [reply.text for reply in replies(rigged, ask, random.Random(1))]
    assert any("Maria" in text for text in texts)
    assert not any("Daniel" in text for text in texts)
