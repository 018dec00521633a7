"""Whose relative somebody is."""

from __future__ import annotations

from bisect import bisect_left

from monitors.rewrite.reading import Hit, Reading

GREETINGS = ("dear", "hi", "hello", "hey")
POSSESSIVE_GAPS = (" ", "\u00a0", "'", "’", "-", " '", " ’")
FAR = 6  # words between a surname and the given name or title that it follows


class Owners:
    """Whose relative somebody is."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._gendered = [h for h in reading.hits if h.axis == "gender"]
        self._places = [(h.segment, h.end - 1) for h in self._gendered]
        self._nouns = {(h.segment, h.end - 1) for h in self._gendered if h.kind in ("kinship", "spouse")}

    def of(self, hit: Hit) -> Hit | None:
        """The pronoun or name that a relative belongs to (``her``, ``Anna's``, ``whose``), or None."""
        tokens = self._reading.texts[hit.segment].tokens
        for at in range(hit.at - 1, max(-1, hit.at - 6), -1):
            if tokens.gaps[at + 1] not in POSSESSIVE_GAPS:
                return None
            low = tokens.lows[at]
            if low in ("her", "his", "their"):
                return self._at(hit.segment, at)
            if low == "your":
                return self._addressee()
            if low == "whose":
                return self._before(hit.segment, at)
            if low == "s" and tokens.gaps[at] in ("'", "’"):
                return self._at(hit.segment, at - 1) or self._of_surname(hit.segment, at - 1)
            if low in ("and", "or") and (hit.segment, at - 1) in self._nouns:
                continue
            if low in ("my", "our", "your", "the", "a", "an", "and", "of", "to", "with"):
                return None
        return None

    def _addressee(self) -> Hit | None:
        """The person whom a text greets (``Dear Mrs Berg``)."""
        for hit in self._gendered:
            if hit.at and hit.kind in ("title", "name") and self._reading.texts[hit.segment].tokens.lows[hit.at - 1] in GREETINGS:
                return hit
        return None

    def _at(self, segment: int, at: int) -> Hit | None:
        place = bisect_left(self._places, (segment, at))
        return self._gendered[place] if place < len(self._places) and self._places[place] == (segment, at) else None

    def _before(self, segment: int, at: int) -> Hit | None:
        place = bisect_left(self._places, (segment, at)) - 1
        return self._gendered[place] if place >= 0 and self._gendered[place].segment == segment else None

    def _of_surname(self, segment: int, at: int) -> Hit | None:
        """The hit of the person whose surname is word ``at`` (``Mr. Okoye``, ``Anna Berg``)."""
        hit = self._before(segment, at)
        if hit is None or at - hit.end > FAR:
            return None
        surname = self._reading.texts[segment].tokens.low(at)
        return hit if (hit.given is not None and hit.given.surname == surname) or (hit.kind == "title" and hit.end == at) else None
