"""How a replacement is written: capitals like the word it replaces, and the article that goes with it."""

from __future__ import annotations

from monitors.rewrite.tokens import Tokens

SILENT_H = ("hour", "honest", "honor", "honour", "heir")
LIKE_YOU = ("uni", "use", "usu", "uti", "eu", "one", "once", "ukrain", "ugand", "urugu")


def in_shape(new: str, old: str, name: bool = False) -> str:
    """``new`` with the capitals of ``old``: all, the first, or (for names) none."""
    if old.islower():
        return new.lower() if name or new.islower() else new[:1].lower() + new[1:] if new[1:].islower() else new
    if old.isupper() and len(old) > 1 and sum(map(str.isalpha, old)) > 1:
        return new.upper()
    return new[:1].upper() + new[1:]


def written_like(new: str, old: str, form: str) -> str:
    """``new`` as it is written itself where ``old`` is written just as its own ``form`` (``Black`` for ``white``), else in its shape."""
    return new if old == form else in_shape(new, old)


def takes_an(word: str) -> bool:
    """Whether the article before ``word`` is ``an``."""
    low = word.lower()
    if low[:1].isdecimal():
        return low[0] == "8" or low in ("11", "18")
    if low.startswith(SILENT_H):
        return True
    return low[:1] in "aeiouáéíóú" and not low.startswith(LIKE_YOU)


def article_edit(tokens: Tokens, at: int, new: str) -> tuple[int, int, str] | None:
    """The edit of ``a`` or ``an`` directly before word ``at`` that ``new`` in its place asks for."""
    article = tokens.low(at - 1)
    if at == 0 or article not in ("a", "an") or tokens.gaps[at] != " ":
        return None
    want = "an" if takes_an(new) else "a"
    if want == article:
        return None
    old = tokens.words[at - 1]
    if len(old) == 2 and old.isupper():
        want = want.upper()
    return tokens.start(at - 1), tokens.end(at - 1), want[:1].upper() + want[1:] if old[0].isupper() else want
