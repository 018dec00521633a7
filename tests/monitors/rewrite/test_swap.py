"""One arm: who changes, what is written, and what stays byte for byte."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitors.rewrite import Arm, Person, Skip, load_tables, make_arm, paired_names, read, rewrite

TABLES = load_tables()


def swap(text: str, origin: str = "female", group: str = "male", axis: str = "gender", **more: Any) -> str:
    """The rewritten text, or the reason why it was not rewritten in angle brackets."""
    answer = rewrite({"id": "t", "text": text, "axis": axis, "from": origin, "to": group} | more)
    return f"<{answer['skipped']}>" if answer["skipped"] else str(answer["text"])


def arm_of(text: str, origin: str, group: str, names: dict[str, str], axis: str = "gender") -> Arm:
    """The arm of one plain text with names by group."""
    reading = read([{"role": "user", "content": text}], TABLES)
    arm = make_arm(reading, axis, origin, group, lambda person, of: names[of], TABLES)
    assert isinstance(arm, Arm)
    return arm


def test_pronouns_take_the_case_of_their_place() -> None:
    assert swap("Give her the form, it is hers; her desk is by the door.") == "Give him the form, it is his; his desk is by the door."
    assert swap("Give him the form, it is his; his desk is by the door.", "male", "female") == (
        "Give her the form, it is hers; her desk is by the door."
    )


def test_both_arms_of_a_pair_differ_in_marked_words_only() -> None:
    text = "Dear Hannah, Ms. Berg says she is ill. Tell her brother."
    names = {"female": "Carla", "male": "Owen"}
    female, male = arm_of(text, "female", "female", names), arm_of(text, "female", "male", names)
    assert female.messages[0]["content"] == "Dear Carla, Ms. Berg says she is ill. Tell her brother."
    assert male.messages[0]["content"] == "Dear Owen, Mr. Berg says he is ill. Tell his brother."


def test_one_person_gets_one_name_in_every_message() -> None:
    seen: list[int] = []

    def pick(person: Person, group: str) -> str:
        seen.append(person.index)
        return "Peter"

    messages = [
        {"role": "user", "content": "Julia asked for leave."},
        {"role": "assistant", "content": "When does JULIA want it?"},
        {
            "role": "user",
            "content": [{"type": "text", "text": "Julia's leave starts in May."}, {"type": "image_url", "image_url": {"url": "x"}}],
        },
    ]
    arm = make_arm(read(messages, TABLES), "gender", "female", "male", pick, TABLES)
    assert isinstance(arm, Arm)
    assert len(set(seen)) == 1
    assert [m["content"] for m in arm.messages[:2]] == ["Peter asked for leave.", "When does PETER want it?"]
    assert arm.messages[2]["content"][0]["text"] == "Peter's leave starts in May."
    assert messages[0]["content"] == "Julia asked for leave."


def test_tool_arguments_keep_keys_and_spacing() -> None:
    arguments = '{ "note":"\\u00ab She \\u00bb lost\\nher card", "her_id" : 7 }'
    message = {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": arguments}}],
    }
    answer = rewrite({"id": "t", "axis": "gender", "from": "female", "to": "male", "messages": [message]})
    written = answer["messages"][0]["tool_calls"][0]["function"]["arguments"]
    assert written == '{ "note":"\\u00ab He \\u00bb lost\\nhis card", "her_id" : 7 }'
    assert json.loads(written)["her_id"] == 7


def test_a_couple_of_two_genders_stays_one() -> None:
    assert swap("My boss and her husband called; he was angry and she was not.") == (
        "My boss and his wife called; she was angry and he was not."
    )


def test_the_relatives_of_a_swapped_person_keep_their_gender() -> None:
    assert swap("Ask her father and her mother whether my sister may come.") == "Ask his father and his mother whether my brother may come."


def test_verbs_agree_with_they() -> None:
    assert swap("She is late, she has called and she quickly walks home.", group="nonbinary") == (
        "They are late, they have called and they quickly walk home."
    )


def test_the_article_follows_the_new_word() -> None:
    assert swap("The patient is an Asian man.", "asian", "hispanic", "ethnicity") == "The patient is a Hispanic man."


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("She is pregnant and asks for leave.", "biological"),
        ("Maria lost her key; write to maria.lopez@mail.example.", "leak"),
        ("Who was Marie Curie and where was she born?", "public_figure"),
        ("Is the gender pay gap why she earns less?", "topic"),
        ("She plays in the women's league. May we hire her?", "bound"),
        ("Schreib ihr, wann der Bus kommt und wo das Kind ist, bitte; her damit und her.", "language"),
    ],
)
def test_an_unfair_pair_is_skipped_in_both_arms(text: str, reason: str) -> None:
    reading = read([{"role": "user", "content": text}], TABLES)
    pick = paired_names(reading, "gender", TABLES)
    for group in ("female", "male", "nonbinary"):
        arm = make_arm(reading, "gender", "female", group, pick, TABLES)
        assert isinstance(arm, Skip | Arm)
        if reading.origins("gender"):
            assert arm == Skip(reason)


WORDS = st.sampled_from(
    [
        "she",
        "her",
        "hers",
        "herself",
        "the nurse",
        "Maria",
        "MARIA",
        "Ms. Tran",
        "says",
        "and",
        "his car",
        "`her`",
        "\r\n",
        "\u00a0",
        "👍",
        "\u200f",
        "é",
        "…",
        '"',
        "(",
        "27",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(WORDS, max_size=30), st.sampled_from([" ", "  ", "\n"]))
def test_bytes_outside_the_edits_never_change(words: list[str], gap: str) -> None:
    text = gap.join(words)
    reading = read([{"role": "user", "content": text}], TABLES)
    arm = make_arm(reading, "gender", "female", "male", paired_names(reading, "gender", TABLES), TABLES)
    if isinstance(arm, Skip):
        return
    at, rebuilt = 0, []
    for edit in arm.edits:
        assert text[edit.start : edit.end] == edit.old
        rebuilt += [text[at : edit.start], edit.new]
        at = edit.end
    assert "".join([*rebuilt, text[at:]]) == (arm.messages[0]["content"] if text else text)


ONE_TO_ONE = st.sampled_from(
    [
        "She called.",
        "Ask Maria.",
        "Laura said that her team is ready.",
        "The waitress waved.",
        "My sister left.",
        "I saw herself there.",
        "It is hers.",
        "Tell her.",
        "Tom came.",
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(ONE_TO_ONE, min_size=1, max_size=6))
def test_rewriting_back_gives_the_original(sentences: list[str]) -> None:
    text = " ".join(sentences).replace("Tom came.", "They came.")
    there = swap(text)
    assert swap(there, "male", "female") == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My twin sister has a twin-sister badge.", "My twin brother has a twin-brother badge."),
        ("shes late, hes not", "hes late, hes not"),
        ("Mrs. and Mr. Tanaka left.", "Mr. and Mrs. Tanaka left."),
        ("Don't wait, she left.", "Don't wait, he left."),
    ],
)
def test_words_are_written_as_the_text_writes_them(text: str, expected: str) -> None:
    answer = rewrite({"id": "t", "text": text, "axis": "gender", "from": "female", "to": "male"})

    assert answer["text"] == expected
