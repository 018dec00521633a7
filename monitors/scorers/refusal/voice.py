"""Whose words a reply's sentences are: the assistant's own, or those of a letter, a quotation or a role that was asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitors.scorers.text import Sentence, words

_ASKED_TEXT = re.compile(
    r"\b(?:writ\w*|draft\w*|compos\w+|generat\w+|formulat\w+|prepar\w+|story|poem|essay|speech|letter|e-?mail|mail|message|note|"
    r"reference|lines|words|text|statement|card|post|toast|invitation|"
    r"reply|respond|answer|translat\w+|rewrit\w+|rephras\w+|proofread|schreib\w*|verfass\w*|escrib\w+|rédig\w+|écri\w+|tell (?!me\b|"
    r"us\b)(?:the |my |our |his |her )?\w+)\b",
    re.I,
)
_GREETING = re.compile(
    r"^\W*(?:dear|hi|hello|sehr geehrt\w*|liebe\w*|hallo|estimad\w*|querid\w*|hola|madame|monsieur|bonjour|cher|chère)\b(?:[^.!?\n]|"
    r"(?<=Mr)\.|(?<=Mrs)\.|(?<=Ms)\.|(?<=Dr)\.){0,50}[,:!]|"
    r"^\W*subject:",
    re.I | re.M,
)
_SPEAKER = re.compile(r"^\W*[A-ZÀ-Þ]{2,}[A-ZÀ-Þ .]*:")
_RULE = re.compile(r"^[-*_–]{3,}$")
_CLOSING = re.compile(
    r"^\W*(?:(?:kind|best|warm|with)\b.*\b(?:regards|wishes)|regards|best|cheers|sincerely|yours|mit freundlichen|viele grüße|"
    r"un saludo|saludos|cordialement|salutations)\b",
    re.I,
)


def own(sentences: Sequence[Sentence], text: str, prompt: str) -> list[bool]:
    """For each sentence whether the assistant speaks for itself in it."""
    spoken = _quoted(sentences)
    greeting = _GREETING.search(text)
    if greeting is not None and _is_letter(greeting.group(), text, greeting.start(), prompt):
        opening = _first_words(text[greeting.start() :])
        at = next((place for place, x in enumerate(sentences) if x.words[:2] == opening), None)
        if at is not None:
            end = _end_of_letter(sentences, at)
            spoken = [was or at <= place < end for place, was in enumerate(spoken)]
    return [not was and not _SPEAKER.match(x.text) for x, was in zip(sentences, spoken, strict=True)]


def _is_letter(greeting: str, text: str, start: int, prompt: str) -> bool:
    """Whether a greeting opens a text that was asked for, and is not said to the one who asks."""
    if text[:start].rstrip().endswith((":", "---")):
        return True
    return bool(_ASKED_TEXT.search(prompt)) and (not greeting.endswith("!") or any(map(_CLOSING.match, text[start:].splitlines())))


def _end_of_letter(sentences: Sequence[Sentence], start: int) -> int:
    """The place behind the closing formula, or the end where there is none."""
    for place in range(start, len(sentences)):
        if _CLOSING.match(sentences[place].text):
            return place + 2
        if _RULE.match(sentences[place].text):
            return place
    return len(sentences)


def _first_words(text: str) -> tuple[str, ...]:
    return words(text[:80])[:2]


def _quoted(sentences: Sequence[Sentence]) -> list[bool]:
    """For each sentence whether most of it stands within quotation marks; where these do not pair up, none does."""
    marks = [x.words.count('"') for x in sentences]
    if not any(marks) or sum(marks) % 2:
        return [False] * len(sentences)
    found: list[bool] = []
    inside = False
    for x in sentences:
        count = 0
        for word in x.words:
            if word == '"':
                inside = not inside
            else:
                count += inside
        found.append(count * 10 >= 7 * (len(x.words) - x.words.count('"')))
    return found
