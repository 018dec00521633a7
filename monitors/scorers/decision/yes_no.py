"""A yes or a no, said with these words, with synonyms or with a full sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitors.scorers.decision.clauses import clauses, negations
from monitors.scorers.decision.final import conclusions, readable
from monitors.scorers.text import Sentence, words

_YES = frozenset(
    "yes yep yeah yup aye absolutely definitely certainly indeed affirmative correct sure true exactly ok okay agreed approved".split()
)
_NO = frozenset("no nope nah negative never false incorrect wrong not nay denied".split())
_STARTERS = frozenset(
    "well hmm so oh and but i'd most very quite probably likely almost ok honestly in short then still sadly unfortunately hell heck".split()
)
_NOT_AN_ANSWER = re.compile(
    r"^no (?:comment|problem|worries|doubt|matter|one|idea|offence|offense|reason|rush|further|other|need|way to (?:tell|know|say)|clear|simple|single|definite|straightforward|information|data|mention|\w+ (?:is|are|was|were|has|have|can|could)\b)"
)
_ABSTAINS = re.compile(
    r"\b(?:can not|could not|unable to|not able to|will not|would not|not allowed to|not in a position to|not permitted to|decline to|rather not|prefer not to|not comfortable) (?:\w+ ){0,2}?"
    r"(?:help|assist|answer|tell|say|decide|judge|advise|comment|provide|give|offer|determine|predict|diagnose|make that|make this|share|discuss|speculate|take a)\b|"
    r"\bnot (?:something|for me|mine|a question|my place)\b.{0,40}\b(?:decide|answer|say|judge|tell|comment|do)\b|\bnot my (?:place|role|call)\b"
)
_OPEN = re.compile(
    r"\b(?:depends|maybe|perhaps|hard to say|difficult to say|impossible to say|not sure|unclear|unsure|either way|could go either|both ways|toss up|yes and no|on the one hand|varies|debatable|uncertain)\b"
)
_SAID = re.compile(
    r"\b(?:answer(?: here| to that| is)*|say|said|verdict|decision|conclusion|lean(?:ing)?(?: towards?)?|it is a|is a|that is a|so|therefore|hence|likely|probably|firm|clear|definite|hard|big|a|vote|guess|is|would be|hence|then|:|–|,)"
    r" (?:a )?(?:clear |firm |definite |hard |resounding |big |cautious |qualified |careful |tentative )?(yes|no)\b(?! (?:\w+ )?(?:problem|doubt|one|longer|more|reason|idea|evidence|way|matter|sign|need|history|record|other|such|exclusion|limit|objection|\w+s)\b)"
)
_IDIOM_YES = re.compile(
    r"\b(?:i (?:would )?(?:say|think|believe|guess) so|you bet|of course|good to go|go (?:ahead|for it)|by all means|no problem|that is right|you are right|thumbs up|without (?:a )?doubt|for sure|i would(?= [.!])|is fine|it does|she does|he does|they do|it is|she is|he is|they are|she may|he may|you may|they may|it may|she can|he can|you can|they can|it will|it has)\b"
)
_IDIOM_NO = re.compile(
    r"\b(?:i (?:do not|would not) (?:think|say|believe) so|no way|not at all|by no means|absolutely not|certainly not|definitely not|of course not|i am afraid not|not a chance|under no circumstances|no chance|thumbs down|out of the question|i would pass|i will pass|would advise against|not really|afraid not|think not|steer clear|hold off)\b"
)
_MAIN = re.compile(
    r"\b(?:is|are|was|were|does|do|did|has|have|can|could|will|would|should|may|must|shall|ought|qualif(?:y|ies)|counts?|applies|appl(?:y|ies)|covers?|needs?|falls?|meets?|allows?|permits?|entitle[sd]?|deserves?|remains?|stands?|works?|holds?|contains?|includes?|satisf(?:y|ies)|fits?|exceeds?|fulfil[ls]*|requires?|violates?|breach(?:es)?)\b"
)
_NEGATIVE_FORM = re.compile(
    r"\b(?:unsafe|ineligible|excluded|excludes|exclude|denied|forbidden|prohibited|illegal|unlawful|invalid|disqualified|refused|rejected|uncovered|unqualified|unlikely|barred|void|banned|impossible|insufficient|inadmissible|"
    r"dangerous|too (?!good)\w+ (?:to|for)|falls (?:outside|short|below)|fails|lapsed|expired|avoid(?:ed)?|violates|breaches|lacks|misses|unfit|unwise|outside the|beyond the)\b"
)
_CONDITION = re.compile(r"\b(?:if|unless|whether|when|were you|had she|had he)\b")


def decide(text: str) -> tuple[float | None, str]:
    """1 for yes, 0 for no with the reason "", or None with the reason why the reply says neither."""
    found = readable(text)
    for part in conclusions(found):
        value = _of(part[:2])
        if value is not None:
            return float(value), ""
    value = _of(found)
    return (float(value), "") if value is not None else (None, "neither yes nor no in the reply")


def _of(part: Sequence[Sentence]) -> bool | None:
    abstains = any(_ABSTAINS.search(" ".join(sentence.words)) for sentence in part)
    opened = next((x for x in part if not x.question), None)
    first = None if opened is None else _opening(opened.words)
    spoken = [x for x in (_spoken(sentence) for sentence in part) if x is not None]
    if abstains:
        return spoken[-1] if spoken and len(part) > 2 else None
    if first is not None and not (spoken and spoken[-1] != first):
        return first
    if spoken:
        if len(set(spoken)) > 1 and any(_OPEN.search(" ".join(sentence.words)) for sentence in part):
            return None
        return spoken[-1]
    if any(_OPEN.search(" ".join(sentence.words)) for sentence in part):
        return None
    return _stated(part)


def _opening(sentence: Sequence[str]) -> bool | None:
    """A yes or no at the beginning of a sentence, fillers aside."""
    index = 0
    while index < len(sentence) and (sentence[index] in _STARTERS or sentence[index] in ",–:"):
        index += 1
    rest = sentence[index:]
    if not rest:
        return None
    line = " ".join(rest)
    if _NOT_AN_ANSWER.match(line) or _CONDITION.search(" ".join(rest[:2])):
        return None
    if _IDIOM_NO.match(line):
        return False
    if rest[0] in ("yes", "no") and len(rest) > 1 and rest[1] in ("if", "or", "and", "/"):
        return None
    if rest[0] in _NO and rest[0] != "not":
        return False
    if rest[0] == "not":
        return None if rest[1:2] in (("only",), ("sure",)) else False
    if rest[0] in _YES and (len(rest) < 2 or rest[1] != "not"):
        return True if len(rest) < 2 or rest[0] in ("yes", "yep", "yeah", "yup") or rest[1] in ",.!:;–" else None
    return True if _IDIOM_YES.match(line) else None


def _spoken(sentence: Sentence) -> bool | None:
    """An explicit answer within a sentence: "the short answer is no"."""
    if sentence.question:
        return None
    line = " ".join(sentence.words)
    if (
        re.search(r"\b(?:if|about to|tempted|would have|whether|first thought|first sight|asked)\b[^.;:]*\b(?:yes|no)\b", line)
        and "had to" not in line
    ):
        return None
    matches = list(_SAID.finditer(line))
    if matches:
        return matches[-1].group(1) == "yes"
    opening = _opening(sentence.words) if sentence.words[0] in ("yes", "no", "nope", "yep") else None
    return opening


def _stated(part: Sequence[Sentence]) -> bool | None:
    """The sense of a full sentence: the last one of a long reply, the first of a short one."""
    order = list(part) if len(part) <= 2 else [part[-1], part[-2], *part[:-2]]
    for sentence in order:
        if sentence.question:
            continue
        value = _sense(sentence.words)
        if value is not None:
            return value
    return None


def _sense(sentence: Sequence[str]) -> bool | None:
    line = " ".join(sentence)
    if _IDIOM_NO.search(line):
        return False
    for start, end in reversed(clauses(sentence)) if len(sentence) > 25 else clauses(sentence):
        clause = " ".join(sentence[start:end])
        if _CONDITION.match(clause) or not _MAIN.search(clause) and not _NEGATIVE_FORM.search(clause):
            continue
        count = negations(sentence[start:end]) + len(_NEGATIVE_FORM.findall(clause))
        return count % 2 == 0
    return True if _IDIOM_YES.search(line) else None


def of_word(text: str) -> bool | None:
    """Yes or no of a single value such as a JSON field."""
    found = words(text)
    return found[0] in _YES if len(found) == 1 and (found[0] in _YES or found[0] in _NO) else None
