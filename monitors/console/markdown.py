"""The small part of Markdown that runbooks are written in: headings, paragraphs, lists, code and links."""

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

_INLINE = re.compile(r"`(?P<code>[^`]+)`|\*\*(?P<bold>[^*]+)\*\*|\[(?P<text>[^\]]+)\]\((?P<href>(?:https?://)?[A-Za-z0-9/._#?=&-]+)\)")
_ITEM = re.compile(r"(?:[-*]|(?P<number>\d+)\.) (?P<text>.*)")


def to_html(text: str) -> Markup:
    """The text as HTML; everything that is not one of these forms is escaped."""
    return Markup("\n").join(_block(block) for block in _blocks(text))


def _blocks(text: str) -> Iterator[list[str]]:
    """Lines that belong together: until an empty one, or until the fence that closes a block of code."""
    block: list[str] = []
    for line in text.splitlines():
        fenced = bool(block) and block[0].startswith("```")
        if fenced and line.startswith("```"):
            yield block
            block = []
        elif not fenced and (not line.strip() or line.startswith("```")):
            if block:
                yield block
            block = [line] if line.strip() else []
        else:
            block.append(line)
    if block:
        yield block


def _block(lines: list[str]) -> Markup:
    first = lines[0]
    if first.startswith("```"):
        return Markup("<pre><code>{}</code></pre>").format("\n".join(lines[1:]))
    if first.startswith("#"):
        level = len(first) - len(first.lstrip("#"))
        return Markup(f"<h{level}>{{}}</h{level}>").format(_inline(first[level:].strip()))
    if match := _ITEM.fullmatch(first):
        tag = "ol" if match["number"] else "ul"
        return Markup(f"<{tag}>{{}}</{tag}>").format(Markup("").join(Markup("<li>{}</li>").format(_inline(item)) for item in _items(lines)))
    return Markup("<p>{}</p>").format(_inline(" ".join(lines)))


def _items(lines: list[str]) -> Iterator[str]:
    """Each item with the lines that go on with it."""
    item = ""
    for line in lines:
        if match := _ITEM.fullmatch(line):
            if item:
                yield item
            item = match["text"]
        else:
            item += " " + line.strip()
    yield item


def _inline(text: str) -> Markup:
    done, at = Markup(""), 0
    for match in _INLINE.finditer(text):
        done += escape(text[at : match.start()])
        if match["code"]:
            done += Markup("<code>{}</code>").format(match["code"])
        elif match["bold"]:
            done += Markup("<strong>{}</strong>").format(match["bold"])
        else:
            done += Markup('<a href="{}">{}</a>').format(match["href"], match["text"])
        at = match.end()
    return done + escape(text[at:])
