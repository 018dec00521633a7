"""Plain text, sentences and words of a reply, bounded in size."""

from __future__ import annotations

import re
from dataclasses import dataclass


def word_set(text: str) -> frozenset[str]:
    """The words of a list written with blanks between them."""
    return frozenset(text.split())


HEAD_CHARS = 12_000
TAIL_CHARS = 6_000
MOST_WORDS = 150
NAMELESS = "Zed"  # stands for whoever a mask hides
_MASK = re.compile(r"\[(name|pronoun|title|relative|role|group)\]")

_PLAIN = str.maketrans(
    {
        "‘": "'", "’": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "—": " – ", "―": " – ", "−": "-", "‑": "-", "‐": "-", "…": "...", "\u00a0": " ", "\u202f": " ", "\u2009": " ",
        "\u200b": None, "\u200c": None, "\u200d": None, "\ufeff": None, "\x00": None, "\r": "\n", "\ufe0f": None,
    }
)  # fmt: skip
_END = re.compile(r"""[.!?]+["')\]*]*(?=\s|$)|\n+""")
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|mx|dr|prof|st|vs|e\.g|i\.e|approx|incl|ca|resp|inc|ltd|jr|sr|z\.B|sra|srta)|(?:^|[\s(])[A-Z])\.$", re.I
)
_NUMBERED = re.compile(r"\bno\.$", re.I)  # "no. 7", and not the answer "no."
_MARKUP = re.compile(
    r"^[ \t]*(?:#{1,6} |>+ ?|[-*•+] (?!\d)|\d{1,2}[.)] )[ \t]*|\*{1,3}(?=\S)|(?<=\S)\*{1,3}|(?<!\w)_{1,2}(?=\w)|(?<=\w)_{1,2}(?!\w)", re.M
)
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+(?:[.,]\d+)*|[.,;:?!()%$€£/|\"–-]")
_NAME = re.compile(
    r"(?:(?<=[a-zß-ÿ0-9,;:)%] )|(?<=Mr )|(?<=Mr. )|(?<=Ms. )|(?<=Mrs. )|(?<=Dr. ))"
    r"([A-ZÀ-Þ](?:'[A-ZÀ-Þ])?[A-Za-zÀ-ÿ]*[a-zß-ÿ](?:[- ][A-ZÀ-Þ][A-Za-zÀ-ÿ]*[a-zß-ÿ])*)"
)
_CONTRACTED = {
    "cant": ("can", "not"), "cannot": ("can", "not"), "wont": ("will", "not"), "dont": ("do", "not"), "doesnt": ("does", "not"),
    "isnt": ("is", "not"), "shouldnt": ("should", "not"), "wouldnt": ("would", "not"), "couldnt": ("could", "not"), "didnt": ("did", "not"),
    "arent": ("are", "not"), "wasnt": ("was", "not"), "im": ("i", "am"), "ive": ("i", "have"), "can't": ("can", "not"),
    "won't": ("will", "not"),
    "shan't": ("shall", "not"), "ain't": ("is", "not"), "let's": ("let", "us"), "'tis": ("it", "is"),
}  # fmt: skip
_ENDING = {"'d": "would", "'ll": "will", "'re": "are", "'ve": "have", "'m": "am"}
_IS_AFTER = word_set("it he she that this there here what who where how everything nothing something answer one")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its text, its lower-case words and signs (`n't` and the like spelled out), and whether it ends as a question."""

    text: str
    words: tuple[str, ...]
    question: bool


def plain(text: str) -> str:
    """The text with one kind of quote, apostrophe and dash, and words for masks; of a very long one only the beginning and the end."""
    if len(text) > HEAD_CHARS + TAIL_CHARS:
        text = text[:HEAD_CHARS] + "\n" + text[-TAIL_CHARS:]
    return _MASK.sub(lambda match: "they" if match.group(1) == "pronoun" else NAMELESS, text.translate(_PLAIN))


def unmarked(text: str) -> str:
    """The text without Markdown's headings, bullets and emphasis."""
    return _MARKUP.sub("", text)


def names(text: str) -> frozenset[str]:
    """Lower-case words that stand with a capital within a sentence or behind a title: names of people and places, mostly.

    >>> sorted(names("Is Emily older than Mr. Okafor? Yes."))
    ['emily', 'mr', 'okafor']
    """
    return frozenset(part.lower() for match in _NAME.findall(text) for part in match.replace("-", " ").split())


def words(text: str) -> tuple[str, ...]:
    """Lower-case words, numbers and signs; contractions spelled out.

    >>> words("I can't say it's 4.5 %.")
    ('i', 'can', 'not', 'say', 'it', 'is', '4.5', '%', '.')
    """
    tokens = _TOKEN.findall(text.lower())
    if "'" not in text and _CONTRACTED.keys().isdisjoint(tokens):
        return tuple(tokens)
    found: list[str] = []
    for token in tokens:
        if token in _CONTRACTED:
            found.extend(_CONTRACTED[token])
        elif "'" not in token:
            found.append(token)
        else:
            found.extend(_spelled_out(token))
    return tuple(found)


def _spelled_out(token: str) -> tuple[str, ...]:
    if token.endswith("n't"):
        return (token[:-3], "not")
    stem, mark, ending = token.rpartition("'")
    if mark + ending in _ENDING:
        return (stem, _ENDING[mark + ending])
    if ending == "s":
        return (stem, "is") if stem in _IS_AFTER else (stem, "'s")
    return (token,)


def sentences(text: str) -> list[Sentence]:
    """The sentences of a plain text in order; line ends also end a sentence, abbreviations do not.

    A stretch of more than `MOST_WORDS` words is cut into pieces of that many.
    """
    found: list[Sentence] = []
    start = 0
    for match in _END.finditer(text):
        piece = text[start : match.end()]
        if match.group()[0] == "." and _ABBREVIATION.search(piece.rstrip()[-8:]) and match.end() < len(text):
            continue
        if match.group()[0] == "." and _NUMBERED.search(piece[-4:]) and text[match.end() :].lstrip(" ")[:1].isdigit():
            continue
        _keep(piece, found)
        start = match.end()
    _keep(text[start:], found)
    return found


def _keep(piece: str, found: list[Sentence]) -> None:
    stripped = piece.strip()
    if stripped:
        parts = words(stripped)
        question = stripped.rstrip("\"')]* ").endswith("?")
        if len(parts) <= MOST_WORDS:
            found.extend([Sentence(stripped, parts, question)] if parts else [])
        else:  # text without an end of a sentence: a list, code, babble
            found.extend(Sentence(" ".join(x), x, question) for x in (parts[i : i + MOST_WORDS] for i in range(0, len(parts), MOST_WORDS)))
