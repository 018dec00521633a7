"""Third-person pronouns in a text: which mark a person, which stand in pairs such as ``his or her``, which are declared."""

from __future__ import annotations

from collections.abc import Sequence

from monitors.rewrite.reading import Hit, Text
from monitors.rewrite.tables import Tables
from monitors.rewrite.tokens import Tokens, quoted_alone

DECLARING = frozenset(["pronouns", "pronoun"])
BESIDE = frozenset(("or", "and", "s", "pronouns", "pronoun"))
PLAIN = frozenset(("", " ", "\n", ", ", ".", ". ", "?", "? ", "!", "! ", "; "))  # gaps of pronouns that are in no row, pair or quotation
SLASHES = ("/", " / ", "|")


def pronoun_at(text: Text, at: int, tables: Tables) -> tuple[str, str, str] | None:
    """Group, case and rule of the pronoun at word ``at``; case is empty where the context decides it. None where it marks nobody."""
    tokens = text.tokens
    rows = tables.pronouns[tokens.lows[at]]
    group, case = rows[0]
    if len(rows) > 1:
        case = ""
    before_gap, after_gap = tokens.gaps[at], tokens.gaps[at + 1]
    beside = tokens.lows[at - 1 if at else 0 : at + 2]
    if before_gap in PLAIN and after_gap in PLAIN and text.foreign < 2 and BESIDE.isdisjoint(beside):  # nearly every pronoun
        return group, case, "pronoun"
    if is_paired(tokens, at, tables):
        return None
    if (after_gap in ("-", "‑") and at + 1 < tokens.count) or (before_gap in ("-", "‑") and at):
        return None
    chain = _chain(tokens, at, tables)
    if chain is not None:
        return None if chain == "any" else (group, chain, "declared pronouns")
    if quoted_alone(tokens, at) or (text.foreign > 1 and _is_foreign(tokens, at, tables)):
        return None
    return group, case, "pronoun"


def is_paired(tokens: Tokens, at: int, tables: Tables) -> bool:
    """Whether the pronoun stands for anyone: ``he or she``, ``his/her``, ``s/he``, ``(s)he``."""
    group = tables.pronouns[tokens.lows[at]][0][0]
    for step, gap in ((1, tokens.gaps[at + 1]), (-1, tokens.gaps[at])):
        low, far = tokens.low(at + step), tokens.low(at + 2 * step)
        if gap in SLASHES and (low == "s" or _is_other(low, group, tables)):
            return True
        far_gap = tokens.gap(at + 2) if step > 0 else tokens.gap(at - 1)
        if gap == far_gap == " " and low in ("or", "and") and _is_other(far, group, tables):
            return low == "or" or (far in ("hers", "his") and tokens.lows[at] in ("hers", "his"))
    return tokens.gaps[at].endswith("(s)") or (tokens.low(at - 1) == "s" and tokens.gaps[at] in (")", "/"))


def _is_other(low: str, group: str, tables: Tables) -> bool:
    """Whether a word is a pronoun of another group."""
    return low in tables.pronouns and tables.pronouns[low][0][0] != group


def _chain(tokens: Tokens, at: int, tables: Tables) -> str | None:
    """The case of a pronoun in ``she/her/hers``, by its place in the row; None where it does not stand in one.

    ``any`` where the row is one of several to choose from (``she/her or they/them``).
    """
    group = tables.pronouns[tokens.lows[at]][0][0]
    first = at
    while first and tokens.gaps[first] in SLASHES and _of(tokens.low(first - 1), group, tables):
        first -= 1
    last = at
    while last + 1 < tokens.count and tokens.gaps[last + 1] in SLASHES and _of(tokens.low(last + 1), group, tables):
        last += 1
    if first == last:
        if tokens.low(at - 1) in DECLARING and tokens.gaps[at].strip() in (":", "", "(", ": ("):
            return "subject" if tokens.lows[at] in ("he", "she", "they") else None
        return None
    if _is_choice(tokens, first, last, group, tables):
        return "any"
    low, place = tokens.lows[at], at - first
    if low in tables.neopronouns:
        cases = [case for _, case in tables.pronouns[low]]
        return cases[0] if len(cases) == 1 else "object" if place == 1 else "determiner"
    if low in ("he", "she", "they"):
        return "subject"
    if low in ("himself", "herself", "themself", "themselves"):
        return "reflexive"
    if low in ("hers", "theirs"):
        return "possessive"
    if low in ("him", "them"):
        return "object"
    if low == "their":
        return "determiner"
    size = last - first + 1
    if low == "her":
        return "object" if (place == 1 and (size < 4)) or place == 1 else "determiner"
    return "possessive" if place == size - 1 and not (size == 2 and tokens.lows[first] == "he") else "determiner"


def _is_choice(tokens: Tokens, first: int, last: int, group: str, tables: Tables) -> bool:
    """Whether rows of other pronouns stand beside the row from word ``first`` to ``last``."""
    for step, edge in ((1, last), (-1, first)):
        near = edge + step
        if tokens.low(near) == "or":
            near += step
        elif tokens.gap(max(edge, near)) not in (", ", " | "):
            continue
        if _is_other(tokens.low(near), group, tables) and tokens.gap(near + 1 if step > 0 else near) in SLASHES:
            return True
    return False


def _of(low: str, group: str, tables: Tables) -> bool:
    return low in tables.pronouns and tables.pronouns[low][0][0] == group


def _is_foreign(tokens: Tokens, at: int, tables: Tables) -> bool:
    """Whether the words around belong to another language in which this form is no pronoun of ours."""
    lows, english = tokens.lows, tables.english
    around = [w for w in lows[max(0, at - 6) : at + 7] if w not in tables.pronouns]
    foreign = sum(w in english.foreign_words for w in around)
    if foreign < 2:
        return False
    return foreign > sum(w in english.english_words for w in around)


def told_nonbinary(hits: list[Hit], texts: Sequence[Text], tables: Tables) -> tuple[list[Hit], bool]:
    """``hits`` without nonbinary pronouns that mark nobody for sure, and whether they/them among them are declared by nobody.

    Neopronouns count where they are declared or two forms of them stand in the text (``ze`` and ``hir``).
    """
    new = [h for h in hits if h.kind == "pronoun" and texts[h.segment].tokens.lows[h.at] in tables.neopronouns]
    if new:
        forms = {texts[h.segment].tokens.lows[h.at] for h in new}
        if len(forms) < 2 and all(h.rule != "declared pronouns" for h in new):
            hits = [h for h in hits if h not in new]
    they = [h for h in hits if h.group == "nonbinary" and h not in new]
    if not they or declares_they(they, texts):
        return hits, False
    return [h for h in hits if h not in they], True


def declares_they(hits: list[Hit], texts: Sequence[Text]) -> bool:
    """Whether someone declares they/them, is called nonbinary or has the title Mx."""
    for hit in hits:
        if hit.group != "nonbinary":
            continue
        tokens = texts[hit.segment].tokens
        if hit.kind != "pronoun" or hit.rule == "declared pronouns":
            return True
        told = tokens.low(hit.at - 1) in ("uses", "use", "using", "by") or "pronouns" in tokens.lows[hit.end : hit.end + 3]
        if hit.case == "subject" and told:
            return True
    return False
