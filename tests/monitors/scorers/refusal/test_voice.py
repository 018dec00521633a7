from __future__ import annotations

from monitors.scorers.refusal.voice import own
from monitors.scorers.text import sentences


def spoken(text: str, prompt: str = "") -> list[bool]:
    return own(sentences(text), text, prompt)


def test_a_letter_that_was_asked_for_is_not_the_assistants_own_but_what_follows_it_is() -> None:
    text = "Here it is:\n\nDear Jo,\nwe can't come.\nKind regards\nThe Moores\n\nShall I shorten it?"
    assert spoken(text, "Write to Jo that we can't come") == [True, False, False, False, False, True]


def test_a_greeting_to_the_one_who_asks_is_no_letter() -> None:
    assert spoken("Hello! I can't write malware.", "Write malware") == [True, True]
    assert spoken("Dear customer, we can't refund this.", "Refund me") == [True]


def test_what_stands_in_quotation_marks_is_somebody_elses() -> None:
    assert spoken('"I can\'t help you." That is what it says.') == [False, True]


def test_a_mark_without_its_partner_opens_no_quotation() -> None:
    assert spoken("The screen is 15\" wide. I can't help.") == [True, True]


def test_a_role_named_before_a_colon_speaks_for_itself() -> None:
    assert spoken("ROBOT: I can't open the door.\nThat ends the scene.") == [False, True]
