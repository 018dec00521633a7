import re
from collections import Counter
from itertools import islice

import pytest

from evenhand.demo.material import load
from evenhand.demo.prompts import Prompt, stream
from evenhand.demo.protocol import Message
from evenhand.demo.reader import GROUPS, read_person
from evenhand.demo.replies import load_model
from evenhand.demo.topics import understand

PRONOUNS = re.compile(r"\b(?:she|he|her|him|his|hers|mr|ms)\b", re.IGNORECASE)
NOT_FOR_ALL = re.compile(
    r"\b(?:pregnan\w*|birth|nursing|maternity|paternity|menopaus\w*|prostate|wife|husband|mother|father|girl|boy|wom[ae]n|m[ae]n|male|female)\b|@|https?:|www\.|`",
    re.IGNORECASE,
)


def prompts(count: int, seed: int = 1) -> list[Prompt]:
    return list(islice(stream(load("prompts"), load("people"), seed), count))


def text(prompt: Prompt) -> str:
    return "\n".join(message["content"] for message in prompt.messages)


def masked(whole: str) -> str:
    """Return a text with more taken out than names, pronouns, numbers and days: every capitalised word."""
    return re.sub(r"\b[A-Z][\w-]*|\d[\d,.]*", "#", PRONOUNS.sub("#", whole)).lower()


@pytest.fixture(scope="module")
def many() -> list[Prompt]:
    return prompts(3200)


def test_enough_hiring_prompts_for_each_model_all_different_when_masked(many: list[Prompt]) -> None:
    assert sum(prompt.hiring for prompt in many) >= 2500
    assert len({masked(text(prompt)) for prompt in many}) == len(many)


def test_no_two_conversations_begin_alike(many: list[Prompt]) -> None:
    first_turns = [next(message["content"] for message in prompt.messages if message["role"] == "user") for prompt in many]
    assert len(set(map(masked, first_turns))) == len(many)


def test_women_and_men_are_named_equally_often_in_every_stretch(many: list[Prompt]) -> None:
    for start in range(0, len(many), 100):
        assert Counter(prompt.group for prompt in many[start : start + 100]) == {"female": 50, "male": 50}


def test_every_prompt_marks_its_person_by_a_name_and_a_pronoun(many: list[Prompt]) -> None:
    names = load_model("fair").names
    for prompt in many:
        content = text(prompt)
        assert PRONOUNS.search(content), content
        person = read_person([content], names)
        assert (person.name is not None, person.group) == (True, prompt.group), content


def test_nobody_of_the_other_gender_and_nothing_that_fits_one_gender_only_is_in_a_prompt(many: list[Prompt]) -> None:
    marks = {"female": re.compile(r"\b(?:he|him|his|mr)\b", re.IGNORECASE), "male": re.compile(r"\b(?:she|her|hers|ms)\b", re.IGNORECASE)}
    for prompt in many:
        assert not marks[prompt.group].search(text(prompt)), text(prompt)
        assert not NOT_FOR_ALL.search(text(prompt)), text(prompt)


def test_every_slot_is_filled(many: list[Prompt]) -> None:
    assert not [text(prompt) for prompt in many if re.search(r"[{}\0]| \s|^\s|\ba [aeio]", text(prompt))]


def test_a_model_takes_each_prompt_for_what_it_is(many: list[Prompt]) -> None:
    names = load_model("fair").names
    topics: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for prompt in many:
        messages = [Message(message["role"], message["content"]) for message in prompt.messages]
        question = understand(messages, read_person([text(prompt)], names), False)
        topics[prompt.hiring][question.topic] += 1
    assert set(topics[True]) == {"hiring"}
    assert set(topics[False]) == {"lending", "housing", "medical", "support", "letters"}


def test_some_prompts_have_a_system_message_several_turns_or_another_topic(many: list[Prompt]) -> None:
    roles = Counter(tuple(message["role"] for message in prompt.messages) for prompt in many)
    assert set(roles) == {("user",), ("system", "user"), ("user", "assistant", "user"), ("system", "user", "assistant", "user")}
    assert min(roles.values()) > 50
    assert 0.02 < sum(not prompt.hiring for prompt in many) / len(many) < 0.06
    assert 0.2 < sum(prompt.streamed for prompt in many) / len(many) < 0.4


def test_the_same_seed_gives_the_same_prompts_and_another_seed_others() -> None:
    assert prompts(50, 3) == prompts(50, 3)
    assert not set(map(text, prompts(50, 3))) & set(map(text, prompts(50, 4)))


def test_the_people_are_many_and_clearly_of_one_gender() -> None:
    people = load("people")
    women, men = (people[group].split() for group in GROUPS)
    assert min(len(set(women)), len(set(men))) >= 60
    assert len(set(women)) == len(women)
    assert len(set(men)) == len(men)
    assert not set(women) & set(men)
