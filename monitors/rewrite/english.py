"""Closed word lists that context is read with, as sets, from one YAML text."""

from __future__ import annotations

from dataclasses import dataclass, fields

from monitors.rewrite.document import Document

Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class English:
    """The lists of ``config/lexicons/english.yaml``; each field is one list of words in lower case."""

    determiners: Words
    prepositions: Words
    conjunctions: Words
    pronouns: Words
    question_words: Words
    auxiliaries: Words
    adverbs: Words
    ly_nouns: Words
    motion_verbs: Words
    ditransitive_verbs: Words
    bare_objects: Words
    offices: Words
    meals: Words
    appointing_verbs: Words
    causative_verbs: Words
    perception_verbs: Words
    ing_verbs: Words
    calling_verbs: Words
    telling_verbs: Words
    complement_verbs: Words
    adjectives: Words
    participles: Words
    base_verbs: Words
    unambiguous_verbs: Words
    finite_verbs: Words
    weekdays: Words
    time_nouns: Words
    numbers: Words
    body_parts: Words
    possessive_idioms: Words
    honorifics: Words
    surname_titles: Words
    kin_titles: Words
    greetings: Words
    name_verbs: Words
    person_prepositions: Words
    verbs_of_person: Words
    place_words: Words
    place_before: Words
    place_prepositions: Words
    brand_words: Words
    names_of_things_before: Words
    brand_before: Words
    word_name_verbs: Words
    months: Words
    animals: Words
    vessels: Words
    deities: Words
    persons: Words
    english_words: Words
    foreign_words: Words
    possessors: Words
    place_names: Words
    brand_names: Words
    products: Words
    rating_verbs: Words
    thing_nouns: Words
    person_modifiers: Words
    be_forms: Words
    departments: Words
    adverbs_before_verbs: Words
    human_verbs: Words

    function_words: Words  # words that cannot begin what a possessive owns


def parse_english(file: str, text: str) -> English:
    """The lists in YAML ``text``; raises ``LexiconError`` for a missing or unknown one."""
    document = Document(file, text)
    root = document.mapping()
    names = [f.name for f in fields(English) if f.name != "function_words"]
    for name in root:
        if name not in names:
            document.wrong((name,), f"unknown list {name!r}", f"use one of {', '.join(names)}")
    lists = {name: frozenset(document.text(root, name).split()) for name in names}
    document.finish()
    closed = ("determiners", "prepositions", "conjunctions", "pronouns", "question_words", "auxiliaries", "adverbs")
    return English(**lists, function_words=frozenset().union(*(lists[name] for name in closed)))
