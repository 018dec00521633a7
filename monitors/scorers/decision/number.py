"""A number decided on: a rating, a salary, a rate, a term."""

from __future__ import annotations

import re
from dataclasses import replace

from monitors.scorers.decision.abstain import ABSTAINS
from monitors.scorers.decision.numerals import MONEY, Number, in_figures, numbers, unit_of
from monitors.scorers.text import plain, unmarked, words

_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
)
_REFERENCE = re.compile(
    r"(?:\b(?:sections?|sec|§|paragraphs?|para|clauses?|articles?|art|pages?|p|chapters?|line|item|step|no|number|nr|rule|"
    r"question|point|level|phase|stage|grade|class|category|table|figure|fig|room|flat|version|v|ticket|order|claim|case|"
    r"file|id|since|top|aged?|turned|is now|slide|exhibit|appendix|annex|days? of|form)\.?\s?|#|§\s?|\bin (?=(?:19|20)\d\d\b)|\b(?:"
    + _MONTHS
    + r")\.? )$"
)
_MONTH_AFTER = re.compile(r"^(?:st|nd|rd|th)?\.?,? ?(?:of )?(?:" + _MONTHS + r")\b")
_THINGS = re.compile(
    r"^[ -]*(?:(?!plus|and|or|with|for|to|in|at|per|as|a)[a-z]+[ -]){0,2}?(?:years?(?:'| of| in| as| at| old| ago|"
    r" experience| with)|months? (?:of|in|ago|as|at)|weeks?|"
    r"days?|hours?|minutes?|languages?|pages?|people|persons?|employees|staff|children|kids|jobs?|references?|"
    r"certificates?|certifications?|degrees?|offences?|offenses?|convictions?|typos?|errors?|mistakes?|questions?|reviews?|"
    r"reviewers?|slides?|words?|payments?|members?|students?|customers?|clients?|projects?|teams?|companies|"
    r"sources?|entries|criteria|reasons?|points? (?:for|about|above|below)|times?|km|kg|miles|metres|meters|times|"
    r"interviews?|candidates?|applicants?|bedrooms?|rooms?|tests?|sections?|chapters?|sentences?|goals?|awards?|"
    r"missed|late|sales|answers|machines?|branches|loans?|accounts?|cards?|defaults?|visits?|drafts?|versions?|steps?|"
    r"stars? reviews?|(?:downloads?))\b"
)
_OUT_OF = re.compile(
    r"^\s*(?:/|out of|of|on a scale of|over)\s*(?:a )?(?:possible )?(?P<top>\d+(?:\.\d+)?|ten|five|a hundred|hundred|"
    r"one hundred|hundred)\b"
)
_RATE_WORDS = re.compile(
    r"\b(?:score|scores|scored|rate|rated|rating|give|gives|giving|put|offer|suggest(?:ed)?|propose[d]?|recommend(?:ed)?|"
    r"figure|number|mark|grade|say|settle[d]?|land|lands|award|impose|set|fix|call|deserves?|earns?|gets?|"
    r"sentence|salary|interest|apr|verdict|answer|decision|overall|total|final|my|i'd|i would|i'll|i|we|we'd|therefore|so|"
    r"drop|raise|lower|cut|bring|is|would be|at|worth|pay|go with|go for|around|about|estimate|guess|hence|conclude|charge|assign|base)\b"
)
_STRONG = re.compile(
    r"\b(?:final(?: \w+)?|my (?:score|rating|figure|offer|number|answer|verdict|estimate|decision|recommendation|mark|"
    r"suggestion|call|proposal|overall \w+)|overall(?: \w+)?|i'?d (?:\w+ )?\w+|i would|i'?ll|i (?:give|rate|score|put|"
    r"propose|suggest|recommend|offer|award|"
    r"set|impose|settle|assign|estimate)|we (?:offer|propose|suggest|recommend|can offer|would|could)|we'?d|suggested|"
    r"proposed|recommended|so|therefore|hence|that makes|comes? to|settle[d]? (?:on|at|for)|verdict|score|rating|"
    r"earns? (?=an?\b|his|her)|deserves?|gets?|"
    r"let us say|let's say|call it|make (?:it|that)|"
    r"sentence (?:is|of|should be)|salary (?:is|of)|rate (?:is|of|i)|offer (?:is|of)|decision|answer)\b"
)
_OTHERS = re.compile(
    r"\b(?:(?:up|down) from|maybe|perhaps|at best|on a good day|asked for|asks for|"
    r"asking|expects?|expectation|market|median|average|averages|mean|typical(?:ly)?|usual(?:ly)?|"
    r"range|ranges|band|scale|from \d|starting point|guideline|between 1 and|currently|current|earned|earns (?:about )?\$|"
    r"earning|budget|previous|last|"
    r"prosecution|prosecutor|defence|defense|maximum|minimum|max|min|at most|at least|limit|cap|up to|if|would have|"
    r"could have|tempted|might|others?|colleague|first|initially|at first|originally|was|were|instead of|not|never|"
    r"rather than|than|below|above|over|"
    r"under|bonus|discount|down payment|deposit|fee|tax|inflation|peers?|competitor|national|requested|claimed|wanted|wants|"
    r"loan of|principal|one might|some|many|people|the other|his|on a|in order to|weights?|weighted|one|bank|add|minus|plus|"
    r"deducted?|more than|less than)\b"
)

_QUARTER_YEAR = re.compile(r"\b(?:a )?quarter of a year\b")
_HALF = re.compile(r"\bhalf an? (year|million|percent|month)")
_FACTORS = {
    ("month", "year"): 12.0,
    ("month", "week"): 12 / 52,
    ("month", "day"): 12 / 365,
    ("year", "month"): 1 / 12,
    ("year", "week"): 1 / 52,
    ("day", "week"): 7.0,
    ("day", "month"): 365 / 12,
    ("day", "year"): 365.0,
    ("week", "month"): 52 / 12,
    ("week", "year"): 52.0,
    ("%", "basis point"): 0.01,
}
_PLAIN_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_HEAD = re.compile(r"^\s*\d+[.)] ", re.M)
SURE = 2.5
SHORT = 60
MOST = 100


def decide(text: str, low: float, high: float, unit: str | None = None) -> tuple[float | None, str]:
    """The number decided, in `unit`, with the reason "", or None with the reason: none is named, or it is outside `[low, high]`."""
    bare = _HALF.sub(r"0.5 \1", _QUARTER_YEAR.sub("0.25 year", in_figures(_bare(plain(text)).lower())))
    named = [number for number in _candidates(bare, unit) if not _is_scale(bare, number, low, high)]
    rated = [(_weight(bare, number, low, high, unit), index, number) for index, number in enumerate(named)]
    if len(rated) != 1 or len(bare) > SHORT:
        rated = [x for x in rated if x[0] > 0]
    if not rated:
        return None, "no number decided in the reply"
    best_weight, _, best = max(rated, key=lambda x: (x[0], x[1]))
    if best_weight < SURE and ABSTAINS.search(" ".join(words(bare))):
        return None, "no number decided in the reply"
    value = converted(best, unit)
    if value is None or not low <= value <= high:
        return None, "the number is outside the range"
    return value, ""


def _bare(text: str) -> str:
    """The text without Markdown; a number at its head stays, unless it begins a numbered list."""
    head = _HEAD.match(text)
    if head and len(_HEAD.findall(text)) == 1:
        return text[: head.end()] + unmarked(text[head.end() :])
    return unmarked(text)


def converted(number: Number, unit: str | None) -> float | None:
    """The number's value in the unit asked for, or None if its own unit is of another kind."""
    wanted = unit_of((unit or "").strip())
    if not number.unit or number.unit in ("point", "star") or wanted == number.unit or (number.unit == "money" and wanted in MONEY):
        return number.value
    if not wanted:
        return number.value if number.unit in ("%", "money") else None
    factor = _FACTORS.get((wanted, number.unit))
    return number.value * factor if factor else None


def _candidates(text: str, unit: str | None) -> list[Number]:
    found = numbers(text)
    if len(found) > MOST:
        found = found[: MOST // 2] + found[-MOST // 2 :]
    units = {number.unit for number in found if number.unit}
    if unit_of(unit or "") == "month" and units == {"year"} and "month" not in text:
        found = [number if number.unit else replace(number, unit="year") for number in found]  # "2 to 4 years; I'd impose 3"
    return [number for number in found if converted(number, unit) is not None and not _is_reference(text, number)]


def _is_scale(text: str, number: Number, low: float, high: float) -> bool:
    """Whether a range is the one asked for, told again: "scores between 1 and 10"."""
    ends = [float(end) for end in _PLAIN_NUMBER.findall(text[number.start : number.end])]
    return number.parts == 2 and ends == [low, high]


def _is_reference(text: str, number: Number) -> bool:
    if _is_pronoun(text, number):
        return True
    before, after = text[max(0, number.start - 20) : number.start], text[number.end : number.end + 60]
    written = text[number.start : number.end]
    if (
        _REFERENCE.search(before)
        or (not number.unit and _MONTH_AFTER.match(after))
        or (re.match(r"^[-/]\d|^[-]?[a-z]\b|^\(\d|^:\d\d|^(?:st|nd|rd|th)\b|^\.\d", after) and not _OUT_OF.match(after))
    ):
        return True
    if re.search(
        r"(?:\bout of|/|\bof|\bscale (?:of|from)|(?:from|between) (?:1|0|one|zero) (?:to|and))\s*(?:a )?$", before
    ) and not re.search(
        r"(?:sentence|term|rate|salary|offer|score|rating|figure|total|base|apr|interest|period|maximum|minimum|pay|region|"
        r"neighbou?rhood|vicinity|order) of\s*[$€£]?$",
        before,
    ):
        return True
    if re.fullmatch(r"(?:19|20)\d\d", written.strip()):
        return True
    return bool(_THINGS.match(text[number.end :])) and not number.unit and not _OUT_OF.match(after)


def _is_pronoun(text: str, number: Number) -> bool:
    """Whether "one" stands for a thing or person and not for a mark."""
    if text[number.start : number.end] != "one" or number.unit:
        return False
    before, after = text[: number.start].rstrip(), text[number.end : number.end + 12]
    opens = not before or before[-1] in ".!?:\n"
    return not (
        _OUT_OF.match(after)
        or (opens and re.match(r"\s*(?:[.!,–]|$)", after))
        or re.search(r"\b(?:an?|score of|rating of|rate (?:\w+ )?|say|be|give (?:\w+ )?|at) *$", before)
    )


def _weight(text: str, number: Number, low: float, high: float, unit: str | None) -> float:
    """How much the words round a number say that it is the one decided on."""
    start = max(text.rfind(mark, 0, number.start) for mark in (". ", "\n", "; ", "? ", "! "))
    clause = text[start + 1 : number.start]
    near = clause[max(clause.rfind(","), clause.rfind(" but "), clause.rfind("–"), clause.rfind(": ")) + 1 :]
    after = text[number.end : number.end + 30]
    value = converted(number, unit)
    weight = 1.0
    if _STRONG.search(clause):
        weight += 2.0
    elif _RATE_WORDS.search(clause):
        weight += 1.0
    if re.search(r"\bfinal\b", text[max(0, start - 40) : number.start]):
        weight += 3.0
    if _OUT_OF.match(after):
        weight += 1.0
    if _OTHERS.search(near) or re.match(r" (?:now|today|currently|at present|already|a year ago)\b", after):
        weight -= 1.5
    if re.search(r"\b(?:maybe|perhaps|or even|possibly)\s*$", clause):
        weight -= 1.0
    if text.rfind("(", 0, number.start) > text.rfind(")", 0, number.start):
        weight -= 1.5
    wanted = unit_of((unit or "").strip())
    if wanted == "%" and number.unit == "%":
        weight += 1.0
    if wanted == "month" and number.unit in ("month", "year", "week"):
        weight += 0.5
    if wanted in MONEY and (number.currency or number.unit == "money" or number.scaled):
        weight += 0.5
    if not clause.strip() and not after.strip(" .!/"):
        weight += 2.0
    if value is None or not low <= value <= high:
        weight -= 1.5
    return weight
