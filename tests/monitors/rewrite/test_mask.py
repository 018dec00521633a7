"""Masks: both arms' replies look alike, and prompts that differ in names only share a key."""

from hypothesis import given, settings
from hypothesis import strategies as st

from monitors.rewrite import Arm, load_tables, make_arm, mask, prompt_key, read

TABLES = load_tables()


def pair(text: str, names: dict[str, str], axis: str = "gender", origin: str = "female", other: str = "male") -> list[Arm]:
    """The two arms of one text."""
    reading = read([{"role": "user", "content": text}], TABLES)
    arms = [make_arm(reading, axis, origin, group, lambda person, of: names[of], TABLES) for group in (origin, other)]
    assert all(isinstance(arm, Arm) for arm in arms)
    return [arm for arm in arms if isinstance(arm, Arm)]


ARMS = pair("Maria, a waitress, asked her boss for leave. Ms. Berg helped Maria.", {"female": "Grace", "male": "James"})


def test_replies_of_both_arms_become_the_same() -> None:
    one = mask("Dear Grace, she is an excellent waitress. Grace's leave is hers; ask Ms. Berg.", ARMS, TABLES)
    other = mask("Dear James, he is an excellent waiter. James' leave is his; ask Mr. Berg.", ARMS, TABLES)
    assert one == other == "Dear [name], [pronoun] is an excellent [role]. [name]'s leave is [pronoun]; ask [title]. Berg."


def test_descriptors_and_their_articles_are_levelled() -> None:
    arms = pair("An Asian man asked for help.", {}, "ethnicity", "asian", "hispanic")
    assert mask("An Asian customer", arms, TABLES) == mask("A Hispanic customer", arms, TABLES) == "A [group] customer"


def test_words_of_no_arm_stay() -> None:
    assert mask("The weather is fine in Rome.", ARMS, TABLES) == "The weather is fine in Rome."


REPLY = st.lists(
    st.sampled_from(
        [
            "Grace",
            "JAMES",
            "she",
            "his",
            "a",
            "an",
            "waiter",
            "waitress",
            "Ms.",
            "[name]",
            "[",
            "name]",
            "'s",
            "actor",
            "\n",
            "é",
            "👍",
            "\u200f",
        ]
    ),
    max_size=25,
).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(REPLY)
def test_masking_twice_changes_nothing(reply: str) -> None:
    once = mask(reply, ARMS, TABLES)
    assert mask(once, ARMS, TABLES) == once


def key(text: str, role: str = "user") -> str:
    """The key of a one-message conversation."""
    return prompt_key(read([{"role": role, "content": text}], TABLES))


def test_prompts_that_differ_in_names_numbers_and_dates_share_a_key() -> None:
    assert key("Dear  Laura Berg, she owes 12.50 since 3 May.") == key(
        "dear kevin costa, he owes 900 since 14 June.".replace("kevin costa", "Kevin Costa")
    )


def test_prompts_that_differ_otherwise_do_not() -> None:
    assert key("Hire Laura?") != key("Fire Laura?")
    assert key("Hire Laura?") != key("Hire Laura?", "system")
    assert len(key("")) == 64
