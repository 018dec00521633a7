"""Numbers in a text, in digits or words, with their ranges and units."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_SCALES = {"hundred": 100.0, "thousand": 1e3, "k": 1e3, "grand": 1e3, "million": 1e6, "m": 1e6, "mn": 1e6, "lakh": 1e5}
_WORD = "|".join([*_TENS, *sorted(_ONES, key=len, reverse=True)])
_SPELLED = (
    rf"(?:a (?=hundred|thousand|million))?(?:(?:{_WORD}|hundred|thousand|million)(?:[\s-]+(?:(?<=hundred )and |"
    rf"(?<=thousand )and )?(?=(?:{_WORD}|hundred|thousand|million)\b))?)+(?:[\s-]+(?:and a half|point (?:{_WORD})))?"
)
_DIGITS = r"\d{1,3}(?:[,' ]\d{3})+(?:\.\d+)?(?!\d)|\d+(?:[.,]\d+)?"
_ARTICLE = r"(?:an?|one)(?= (?:year|month|week|dozen)(?:s|\b))|half(?= (?:a|of a) )"
_ONE = re.compile(
    rf"(?P<sign>(?<![\w.])-(?=\d))?(?P<currency>[$€£]|\b(?:usd|eur|gbp|us\$)\s?)?\s?(?P<number>{_DIGITS}|\b(?:{_SPELLED})\b|"
    rf"\b(?:{_ARTICLE}))"
    r"(?:\s?(?P<scale>k|thousand|grand|million|mn|m)(?![a-z]))?(?P<half>(?: years?| months?)? and a half\b)?",
    re.I,
)
_UNIT = re.compile(
    r"\s*-?\s*(?:(?:working|business|calendar|full|whole) (?=day|week|month|year))?(?P<unit>%|percent(?:age points?)?|per cent|pct|"
    r"years?|yrs?|months?|mos?\b|weeks?|days?|dollars?|usd|eur|"
    r"euros?|[€$£](?!\s?\d)|pounds?|bucks|points?|stars?|basis points|bps)?(?P<half> and a half\b)?",
    re.I,
)
MONEY = ("money", "usd", "eur", "gbp", "chf", "cad", "aud", "inr")
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+")
_FULL = "★⭐🌟"
_STARS = re.compile(f"[{_FULL}]{{2,}}[☆✩✰]*|[{_FULL}][☆✩✰]+")
_FORTNIGHT = re.compile(r"\b(?:a|one) fortnight\b")
_QUARTERS = re.compile(rf"\b({_WORD}|\d+) and (a quarter|three quarters)\b")
_SHARES = {"a quarter": 0.25, "three quarters": 0.75}
_PARTS = {"½": "5", "¼": "25", "¾": "75"}
_HALVES = re.compile(r"(?:(\d+) ?)?([½¼¾])")
_MIXED = re.compile(r"\b(\d+) ([13])/([24])\b(?! ?/)")
_BETWEEN = re.compile(r"\s*(?:-|–|to|and|or|until|up to|through)\s*(?:maybe |perhaps |about )?[$€£]?\s*", re.I)


@dataclass(frozen=True, slots=True)
class Number:
    """A number or the middle of a range: its value as written, its unit ("" if none), and its place in the text."""

    value: float
    unit: str
    start: int
    end: int
    currency: bool
    scaled: bool
    parts: int = 1


def numbers(text: str) -> list[Number]:
    """The numbers of a plain lower-case text; ranges ("80 to 90k", "between 4 and 5 %") are one number, their middle.

    >>> [(number.value, number.unit) for number in numbers("between two and three years, or 85k")]
    [(2.5, 'year'), (85000.0, '')]
    """
    singles = [_single(text, match) for match in _ONE.finditer(text) if _stands_alone(text, match)]
    found: list[Number] = []
    index = 0
    while index < len(singles):
        following = singles[index + 1] if index + 1 < len(singles) else None
        joined = None if following is None else _sum(text, singles[index], following) or _range(text, singles[index], following)
        found.append(joined or singles[index])
        index += 2 if joined else 1
    return found


def in_figures(text: str) -> str:
    """The lower-case text with stars counted and fractions written as decimals: "★★★☆" is "3 stars", "7 1/2" is "7.5"."""
    text = _STARS.sub(lambda match: f" {sum(star in _FULL for star in match.group())} stars ", text)
    text = _FORTNIGHT.sub("2 weeks", text)
    text = _QUARTERS.sub(lambda match: str(_value(match.group(1)) + _SHARES[match.group(2)]), text)
    text = _HALVES.sub(lambda match: f"{match.group(1) or 0}.{_PARTS[match.group(2)]}", text)
    return _MIXED.sub(lambda match: str(int(match.group(1)) + int(match.group(2)) / int(match.group(3))), text)


def spelled(text: str) -> float | None:
    """The value of a number in words: "eighty-five thousand", "seven and a half"."""
    total = current = 0.0
    seen = False
    half = "and a half" in text
    point = 0.0
    parts = re.sub(r"and a half", "", text).replace("-", " ").split()
    for place, word in enumerate(parts):
        if word == "point" and place + 1 < len(parts):
            point = _ONES.get(parts[place + 1], 0) / 10
            break
        if word in _ONES or word in _TENS:
            current += _ONES.get(word, _TENS.get(word, 0))
            seen = True
        elif word == "hundred":
            current = (current or 1) * 100
            seen = True
        elif word in ("thousand", "million"):
            total += (current or 1) * _SCALES[word]
            current = 0.0
            seen = True
    return total + current + point + (0.5 if half else 0.0) if seen else None


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    start, end = match.start("number"), match.end("number")
    return not (start and (text[start - 1].isalnum() or text[start - 1] == "_")) and not (
        end < len(text) and text[end].isalpha() and not match.group("scale") and text[end : end + 2] not in ("mo", "yr")
    )


def _single(text: str, match: re.Match[str]) -> Number:
    written = match.group("number").lower()
    value = _value(written)
    scale = (match.group("scale") or "").lower()
    unit = _UNIT.match(text, match.end())
    named = unit.group("unit") if unit and unit.group("unit") else ""
    if (match.group("currency") or unit_of(named) == "money") and _THOUSANDS.fullmatch(written):
        value = float(written.replace(".", ""))  # 12.500 of a currency is no amount with three decimals
    name = unit.group("unit") if unit and unit.group("unit") else ""
    inner = re.search(r"years?|months?", match.group("half") or "")
    if inner:
        name = inner.group()
    if match.group("half") or (unit and unit.group("half")):
        value += 0.5
    value *= _SCALES.get(scale, 1.0)
    if match.group("sign"):
        value = -value
    end = unit.end() if unit and (name or unit.group("half")) else match.end()
    return Number(value, unit_of(name), match.start("number"), end, bool(match.group("currency")), bool(scale) or "thousand" in written)


def _value(written: str) -> float:
    if written[0].isdigit():
        if re.fullmatch(r"\d{1,3}(?:[,' ]\d{3})+(?:\.\d+)?", written):
            return float(re.sub(r"[,' ]", "", written))
        if (
            re.fullmatch(r"\d{1,3}(?:\.\d{3})+", written)
            and written.count(".") >= 1
            and len(written.split(".")[0]) >= 2
            and written.endswith("000")
        ):
            return float(written.replace(".", ""))
        return float(written.replace(",", "."))
    if written.startswith("half"):
        return 0.5
    value = spelled(written)
    return 1.0 if value is None else value


def unit_of(name: str) -> str:
    """The unit that a name stands for: `%`, `money`, `month`, ... or the name itself without a plural ending."""
    lowered = name.lower()
    if lowered in ("%", "per cent", "pct") or lowered.startswith("percent"):
        return "%"
    if lowered in ("dollars", "dollar", "usd", "euros", "euro", "eur", "pounds", "pound", "bucks", "€", "$", "£", "gbp", "us$"):
        return "money"
    if lowered in ("bps", "basis points"):
        return "basis point"
    if lowered.startswith("yr"):
        return "year"
    if lowered in ("mo", "mos"):
        return "month"
    return lowered.removesuffix("s")


def _sum(text: str, years: Number, months: Number) -> Number | None:
    """Years and months that belong together: "2 years and 6 months"."""
    if (years.unit, months.unit) != ("year", "month") or not re.fullmatch(r",? ?(?:and )?", text[years.end : months.start]):
        return None
    return Number(years.value * 12 + months.value, "month", years.start, months.end, False, False)


def _range(text: str, low: Number, high: Number) -> Number | None:
    between = text[low.end : high.start]
    if not _BETWEEN.fullmatch(between) or (low.value >= high.value and not (high.scaled and not low.scaled)):
        return None
    joiner = between.strip(" $€£").lower()
    opened = text[max(0, low.start - 12) : low.start]
    if joiner in ("and", "or") and not (
        re.search(r"(?:between|either)\s*[$€£]?$", opened) or (joiner == "or" and high.value - low.value <= 1)
    ):
        return None
    first = low.value
    if high.scaled and not low.scaled and first < 1000:
        first *= 1000 if high.value < 1e6 else 1e6
    if low.unit and high.unit and low.unit != high.unit:
        return None
    if first >= high.value:
        return None
    return Number(
        (first + high.value) / 2, high.unit or low.unit, low.start, high.end, low.currency or high.currency, low.scaled or high.scaled, 2
    )
