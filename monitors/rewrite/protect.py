"""Spans that are never touched: code, addresses, paths, handles, markup, keys and identifiers."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

Span = tuple[int, int, str]  # start, end, kind

FENCE = re.compile(r"^[ \t>]*(`{3,}+|~{3,}+)[^\n]*\n.*?(?:^[ \t>]*\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(?<!`)(`{1,8})(?![` ])[^`]+(?<! )\1(?!`)")
URL = re.compile(
    r"\b(?:https?|ftp|file|mailto|s3|git|ssh|postgres|postgresql|mysql|redis)://?[^\s<>\"'`]+|\bwww\.[^\s<>\"'`]+", re.IGNORECASE
)
DOMAIN = re.compile(
    r"(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}?\.(?:com|org|net|io|gov|edu|co|dev|ai|app|example|invalid|local|uk|de|fr)\b(?:/[^\s<>\"'`]*)?",
    re.IGNORECASE,
)
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
HANDLE = re.compile(r"(?<![\w@])[@#][A-Za-z_][\w.-]*\w")
TAG = re.compile(r"</?[A-Za-z][\w:-]*(?:\s[^<>\n]*)?/?>")
PLACEHOLDER = re.compile(r"\{\{[^{}\n]*\}\}|\$\{[^{}\n]*\}|\{[a-z_][\w.]*\}|%\(\w+\)s|<%[^%\n]{0,200}%>")
PATH = re.compile(
    r"(?<![\w/\\.<~])(?:~|\.{1,2})?/(?:[\w.@+~-]+/)*[\w.@+~-]+|(?<![\w/\\])[A-Za-z]:\\[\w.\\~ -]*\w"
    r"|(?<![\w/\\.@+~-])[\w.@+~-]{1,100}(?:/[\w.@+~-]+)+"
)
FILE = re.compile(
    r"(?<![\w.-])[\w-]{1,100}(?:\.[\w-]{1,100}){0,4}?\.(?:py|js|ts|tsx|jsx|java|c|cc|cpp|h|hpp|rs|go|rb|php|sh|bat|sql|csv|tsv|json|ya?ml|toml|xml|html?|css|md|txt|pdf|docx?|"
    r"xlsx?|pptx?|png|jpe?g|gif|svg|zip|gz|tar|log|ini|cfg|conf|ipynb|mp3|mp4|wav|bak|exe|jar|lock|parquet)\b",
    re.IGNORECASE,
)
IDENTIFIER = re.compile(
    r"\b\w+_\w*|\b_\w+|\b[a-z]+[A-Z]\w*\b(?!')|\b(?:[A-Z][a-z]+){2,}\b(?=\(|\.[a-z])|\b\w+\(\)|\b[A-Za-z]+\d+[A-Za-z]\w*\b"
)
EMPHASIS = re.compile(r"(?<![\w_])_(?![\s_])[^_\n]{1,200}(?<![\s_])_(?![\w_(])")
KEY = re.compile(r'"[^"\n]{1,80}"(?=\s*:)|(?<=[{,])\s*\'[^\'\n]{1,80}\'(?=\s*:)')
DOTTED = re.compile(r"\.[A-Za-z]")
YAML_KEY = re.compile(r"^[ \t]*(?:- )?[\w-]+:(?=\s)", re.MULTILINE)
REGEX = re.compile(r"(?<![\w/])/(?=[^/\n\\]{0,100}\\)(?:[^/\n\\]|\\.){1,100}+/[gimsuy]{0,6}(?!\w)")
ATTRIBUTE = re.compile(r"\b[\w-]+=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s\"'&]+)")


def protected_spans(text: str) -> list[Span]:
    """Spans of ``text`` that stay as they are, in order and without overlap, each with its kind."""
    found: list[Span] = []
    if "```" in text or "~~~" in text:
        _add(found, FENCE, text, "code")
    if "`" in text:
        _add(found, INLINE, text, "code")
    if "@" in text:
        _add(found, EMAIL, text, "address")
    if "://" in text or "www." in text or "mailto:" in text:
        _add(found, URL, text, "url")
    if "<" in text:
        _add(found, TAG, text, "markup")
        found.extend(_comments(text))
    if "{" in text or "%" in text:
        _add(found, PLACEHOLDER, text, "code")
    if '":' in text or '" :' in text or "':" in text:
        _add(found, KEY, text, "key")
    if "/" in text or "\\" in text:
        for match in PATH.finditer(text):
            if _is_path(match[0]):
                found.append((match.start(), match.end(), "path"))
    if "\\" in text:
        _add(found, REGEX, text, "code")
    if "." in text and DOTTED.search(text):
        _add(found, FILE, text, "path")
        _add(found, DOMAIN, text, "url")
    if "@" in text or "#" in text:
        _add(found, HANDLE, text, "handle")
    if "_" in text or "()" in text:
        _add_identifiers(found, text)
    if "=" in text:
        _add(found, ATTRIBUTE, text, "code")
    return _merged(found) if found else found


def _comments(text: str) -> Iterator[Span]:
    """Comments of HTML, found by searching for their ends, which a regular expression would do over and over."""
    start = text.find("<!--")
    while start >= 0:
        end = text.find("-->", start + 4)
        if end < 0:
            return
        yield start, end + 3, "markup"
        start = text.find("<!--", end + 3)


def _add(found: list[Span], pattern: re.Pattern[str], text: str, kind: str) -> None:
    found.extend((m.start(), m.end(), kind) for m in pattern.finditer(text))


def _add_identifiers(found: list[Span], text: str) -> None:
    """Identifiers, but not words that underscores emphasise (``_Her_ backup``)."""
    marks = {at for m in EMPHASIS.finditer(text) for at in (m.start(), m.end() - 1)} if "_" in text else frozenset()
    for match in IDENTIFIER.finditer(text):
        start, end = match.span()
        if start in marks:
            start += 1
        if end - 1 in marks:
            end -= 1
        if (start, end) == match.span() or "_" in text[start:end]:
            found.append((*match.span(), "code"))


def _is_path(text: str) -> bool:
    """Whether a text with slashes is a path rather than alternatives such as ``and/or`` or ``he/him``."""
    if text.startswith(("/", "~", ".")) or ":\\" in text:
        return len(text) > 2
    parts = text.split("/")
    return (
        "." in parts[-1][1:-1] or (len(parts) > 3) or any("_" in p for p in parts) or text.startswith(("src/", "tests/", "docs/", "home/"))
    )


def _merged(found: list[Span]) -> list[Span]:
    out: list[Span] = []
    for span in sorted(found, key=lambda s: (s[0], -s[1])):
        if not out or span[0] >= out[-1][1]:
            out.append(span)
        elif span[1] > out[-1][1]:
            out[-1] = (out[-1][0], span[1], out[-1][2])
    return out


def is_protected(spans: list[Span], at: int) -> bool:
    """Whether offset ``at`` lies in one of the sorted ``spans``."""
    place = bisect_right(spans, (at, 1 << 60, "")) - 1
    return place >= 0 and at < spans[place][1]
