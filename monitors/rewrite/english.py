"""Closed word lists that context is read with, as sets, from one YAML text."""

from __future__ import annotations

from dataclasses import dataclass, fields

from monitors.rewrite.document import Document
from monitors.rewrite.lexicon import pluralize

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
    weak_giving_verbs: Words
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
    time_words: Words
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
    giving_verbs: Words
    own_gifts: Words
    made_to: Words
    intensifiers: Words
    quantifiers: Words
    doubtful_words: Words
    doubtful_nouns: Words
    qualifying_adverbs: Words
    comparing_words: Words
    trying_verbs: Words
    before_gerunds: Words
    after_auxiliaries: Words
    spending_verbs: Words
    finite_nouns: Words
    verb_nouns: Words
    seen_acts: Words
    helped_acts: Words
    ing_nouns: Words
    cooking_verbs: Words
    indefinite: Words
    after_subjects: Words
    bare_adjectives: Words
    to_nouns: Words
    fillers: Words
    titled_words: Words
    skills: Words
    introducing: Words
    before_months: Words
    copies: Words
    past_verbs: Words
    perfect_participles: Words
    new_subjects: Words
    after_verbs: Words
    before_bare_ages: Words
    aged_objects: Words
    linking_words: Words
    after_nouns: Words
    art_words: Words
    speech_verbs: Words
    eponyms: Words
    place_surnames: Words
    before_senders: Words
    person_prefixes: Words
    person_suffixes: Words
    address_kin: Words
    clause_words: Words
    certain_deities: Words
    grammar_words: Words
    particular_words: Words
    asking_words: Words
    human_verbs: Words
    let_nouns: Words
    getting_verbs: Words

    function_words: Words  # words that cannot begin what a possessive owns
    verbs_with_person: Words  # verbs before which a rule for "her" may hold
    before_no_name: Words  # words before which a capitalised name may be part of something else
    behind_no_name: Words  # words behind which it may
    name_like: Words  # places, brands and months that are given names too
    verbs_after_person: Words  # words behind which one may

    def everyday(self) -> Words:
        """All listed words but names of places, brands and months: words that stand in most texts."""
        return frozenset().union(
            *(
                getattr(self, f.name)
                for f in fields(self)
                if f.name not in ("place_names", "brand_names", "months", "foreign_words", "deities")
            )
        )


def parse_english(file: str, text: str) -> English:
    """The lists in YAML ``text``; raises ``LexiconError`` for a missing or unknown one."""
    document = Document(file, text)
    root = document.mapping()
    names = [f.name for f in fields(English) if f.name not in UNIONS]
    for name in root:
        if name not in names:
            document.wrong((name,), f"unknown list {name!r}", f"use one of {', '.join(names)}")
    lists = {name: frozenset(document.single_words(root, name)) for name in names}
    document.finish()
    lists["persons"] |= {pluralize(word) for word in lists["persons"]}
    lists["base_verbs"] |= lists["unambiguous_verbs"]
    unions = {name: frozenset().union(*(lists[part] for part in parts)) for name, parts in UNIONS.items()}
    return English(**lists, **unions)


UNIONS = {
    "function_words": ("determiners", "prepositions", "conjunctions", "pronouns", "question_words", "auxiliaries", "adverbs"),
    "verbs_with_person": (
        "calling_verbs",
        "telling_verbs",
        "giving_verbs",
        "weak_giving_verbs",
        "rating_verbs",
        "motion_verbs",
        "causative_verbs",
        "perception_verbs",
        "ing_verbs",
        "appointing_verbs",
        "complement_verbs",
        "cooking_verbs",
    ),
    "before_no_name": ("place_before", "honorifics", "names_of_things_before", "determiners", "titled_words"),
    "behind_no_name": ("brand_words", "place_words"),
    "name_like": ("place_names", "brand_names", "months", "deities"),
    "verbs_after_person": ("finite_verbs", "unambiguous_verbs", "weekdays", "numbers", "time_words"),
}
