"""The shipped lexicons, entry by entry: each form is found where it should be, and written where another group's form stood."""

from collections.abc import Iterator

import pytest

from monitors.rewrite import Arm, load_tables, make_arm, paired_names, read
from monitors.rewrite.lexicon import Sense

TABLES = load_tables()


def sentence(sense: Sense, form: str) -> str:
    """A sentence in which ``form`` speaks of a person."""
    title = form[:1].upper() + form[1:]
    if sense.term.named:
        return f"{title} Anne smiled."
    if sense.kind == "title":
        return f"Good evening, {form}, it works." if form in ("sir", "madam", "ma'am") else f"{title} Tran called."
    if sense.kind in ("kinship", "spouse"):
        return f"My {form} called."
    if sense.kind == "country":
        return f"The nurse is from {form}."
    if sense.kind == "surname":
        return f"{TABLES.names.cell('male', sense.group)[0]} {form} called."
    if sense.kind == "descriptor":
        return f"The {form} called." if sense.plural or not (sense.term.person or sense.axis == "gender") else f"The {form} nurse called."
    if sense.kind == "group_noun":
        return f"Two {form} asked for help." if sense.plural else f"Every {form} asked for help."
    return f"The {form} waved."


def forms() -> Iterator[tuple[Sense, str]]:
    """Every form that marks a group, as it is written in the lexicon."""
    for lexicon in TABLES.lexicons.values():
        for sense in lexicon.senses():
            table = sense.term.plurals if sense.plural else sense.term.forms
            written = [f for f in table[sense.group] if f.lower().replace("-", " ").replace("'", " ").split() == list(sense.words)]
            yield sense, written[0]


ALL = list(forms())


@pytest.mark.parametrize(("sense", "form"), ALL, ids=[f"{s.axis}-{s.group}-{s.kind}-{f}" for s, f in ALL])
def test_every_form_marks_its_group_and_is_rewritten_both_ways(sense: Sense, form: str) -> None:
    text = sentence(sense, form)
    reading = read([{"role": "user", "content": text}], TABLES)
    assert sense.group in reading.origins(sense.axis), text
    table = sense.term.plurals if sense.plural else sense.term.forms
    for group, others in table.items():
        if group == sense.group or not others:
            continue
        arm = make_arm(reading, sense.axis, sense.group, group, paired_names(reading, sense.axis, TABLES), TABLES)
        assert isinstance(arm, Arm), f"{text}: {arm}"
        assert others[0].lower() in str(arm.messages[0]["content"]).lower(), text


def test_no_form_is_hidden_behind_another() -> None:
    for word, senses in TABLES.vocabulary.items():
        places = {(s.words, s.kind, s.plural, s.term.named, s.axis) for s in senses}
        assert len(places) == len(senses), f"{word}: two entries with the same form"
