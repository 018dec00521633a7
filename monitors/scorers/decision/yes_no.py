"""A yes or a no, said with these words, with synonyms or with a full sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitors.scorers.decision.abstain import ABSTAINS, OPEN
from monitors.scorers.decision.clauses import clauses, negations
from monitors.scorers.decision.final import conclusions, readable
from monitors.scorers.text import Sentence, word_set

_YES = word_set(
    "yes yep yeah yup aye absolutely definitely certainly indeed affirmative correct sure true exactly ok okay agreed "
    "approved allowed permitted right eligible covered safe qualified possible legal valid fine"
)
_NO = word_set("no nope nah negative never false incorrect wrong nay denied unfortunately")
_FIRM_YES = word_set("yes yep yeah yup aye")
_MILD_YES = word_set(
    "sure true exactly ok okay agreed approved allowed permitted right correct eligible covered safe qualified possible legal valid fine"
)
_STARTERS = word_set(
    "well hmm hm so oh and but most very quite probably likely almost honestly in short then still sadly i'm afraid hell heck"
)
_NOT_AN_ANSWER = re.compile(
    r"^no (?:comment|problem|worries|doubt|matter|one|idea|offence|offense|reason|rush|further|other|need|way to (?:tell|"
    r"know|say)|clear|simple|single|definite|straightforward|information|data|mention|\w+ (?:is|are|was|were|has|have|can|"
    r"could|will|would)\b)"
)
_QUALIFIED = (
    r"(?:a )?(?:clear |firm |definite |hard |resounding |big |cautious |qualified |careful |tentative |simple |short |"
    r"plain |solid )?"
)
_SAID = re.compile(
    r"(?:\b(?:answer(?: here| to that)?(?: is| would be| has to be| must be| remains)|(?:i|would|to|must|will|and|we) say|"
    r"(?:verdict|decision|conclusion|vote|guess|call) is|lean(?:ing)?(?: towards?)?|it is|is|that is|so|therefore|hence|"
    r"thus|likely|"
    r"probably|would be|then|finally|be|remains)|[:–,]) " + _QUALIFIED + r"(yes|no)\b(?! or (?:yes|no)\b)"
    r"(?! (?:\w+ ){0,2}?(?:problem|doubt|one|longer|more|reason|idea|evidence|way|matter|sign|need|history|record|"
    r"other|such|exclusion|limit|objection|risk|harm|ban|rule|clause|contract|gap|later|less|better|worse|different|further|"
    r"\w{3,}s)\b)"
)
_NOT_SAID = re.compile(
    r"\b(?:if|about to|tempted|would have|whether|first thought|first sight|first glance|initially|asked?|(?:can|could|may|"
    r"might|others|some|people|many|he|she|they|owner|you) say|say either|neither|nor)\b[^.;:]*\b(?:yes|no)\b"
)
_IDLE_CONDITION = re.compile(
    r"\b(?:had to|have to|forced|pressed|pushed|must|asked me|you ask me|up to me|were me|in doubt|even if|as if)\b"
)
_IDIOM_YES = re.compile(
    r"\b(?:without (?:a |any )?doubt|i (?:would )?(?:say|think|believe|guess|suppose) so|you bet|of course(?! not)|"
    r"good to go|go (?:ahead|for it)|by all means|no problem(?! \w)|that is right|you are right|thumbs up|very much so|"
    r"most definitely|sure thing|answer is (?:in the )?(?:positive|affirmative)|"
    r"without question|beyond (?:any )?(?:doubt|question)|no question|(?:it does|"
    r"she does|he does|they do|she may|he may|you may|they may|it may|"
    r"she can|he can|you can|they can)(?= ?$| ?[.!,–])|for sure|i would(?= ?[.!]))"
)
_IDIOM_NO = re.compile(
    r"\b(?:i (?:do not|would not) (?:think|say|believe|recommend|advise) (?:so|it|that)|no way|not at all|by no means|"
    r"absolutely not|certainly not|definitely not|of course not|afraid not|not a chance|under no circumstances|no chance|"
    r"thumbs down|out of the question|i doubt (?:it|that)|answer is (?:in the )?negative|doubtful|hardly(?= ?[.!]?$)|scarcely(?= ?[.!]?$)|"
    r"i (?:would|will|am going to) pass|advise (?:\w+ )?against|not really|not (?:at the moment|yet|now|today|this time|"
    r"until|in this case)|think not|steer clear|hold off|please (?:do not|"
    r"never)|so do not|not recommended|not advisable)\b"
)
_MAIN = re.compile(
    r"\b(?:is|are|was|were|does|do|did|has|have|can|could|will|would|should|may|must|shall|ought|qualif(?:y|ies)|counts?|"
    r"applies|appl(?:y|ies)|covers?|needs?|falls?|meets?|allows?|permits?|entitle[sd]?|deserves?|remains?|stands?|works?|"
    r"holds?|contains?|includes?|"
    r"satisf(?:y|ies)|fits?|exceeds?|fulfil[ls]*|requires?|prevents?|stops?|bars?|speaks?|passes|passed|met|qualified|"
    r"failed|lacks?|stays?|supports?|came|comes?|arrived|runs?|lies|expires?|matches|gets?|go|goes)\b"
)
_NEGATIVE_FORM = re.compile(
    r"\b(?:ineligible|excluded|excludes|exclude|denied|forbidden|prohibited|illegal|unlawful|invalid|disqualified|refused|"
    r"rejected|declined|uncovered|unqualified|barred|void|banned|inadmissible|dangerous|falls (?:outside|short|below)|fails|"
    r"lapsed|expired|avoided|violates|"
    r"breaches|misses|too (?!good|well)\w+(?= ?[.!,;]?$)|forbids?|forbade|prohibits?|rules out|bans|exceeds? (?:the |this |"
    r"its |all )?(?:\w+ )?(?:safe|maximum|max|"
    r"limits?|legal|"
    r"allowed|permitted|thresholds?|cap|recommended)|is out(?! of)|are out(?! of)|unfit|outside the|beyond the|exempt)\b"
)
_TALK = re.compile(
    r"\b(?:i|we) (?!would\b|do not think\b|think\b|believe\b|am confident\b|can confirm\b|find\b|conclude\b)|\b(?:you asked|"
    r"the question|you want|you wanted|asks whether|might|perhaps|some|many|most|others|often|usually|normally|typically|"
    r"in general)\b"
)
_NO_LONGER = re.compile(
    r"\b(?:was|were|used to be)\b.*\b(?:until|till|up to) (?:last|this|the|recently|yesterday|\d)|\bno longer\b|\bnot any ?more\b"
)
_AHEAD = re.compile(r"(?:based|according|given|considering|judging|going|from|per|under|as per|with|in|on|at|by|for|after|looking)\b")
_BARRED = re.compile(
    r"\b(?:rules?|laws?|bans?|clauses?|polic(?:y|ies)|regulations?|prohibitions?|provisions?|restrictions?) (?:against|on) (?:it|"
    r"this|that)\b"
)
_SIGNS = {"👍": 1.0, "✅": 1.0, "✔": 1.0, "👎": 0.0, "❌": 0.0, "✘": 0.0}
_DRAWN = word_set("therefore thus hence then accordingly consequently otherwise however still")
_AUXILIARY = word_set("is are was were does do did has have can could will would should may must")
_LACKS = re.compile(
    r"(?:, |\b(?:and|but|which|so|yet) )(?:i|he|she|it|they|you|this|that|we) (?:is|are|does|do|did|has|have|was|were|can|may|"
    r"should|would|could|will|must) not"
    r"(?: (?:have|meet))?(?: one| so| any| either| it| them)? ?[.!]?$"
)
_REGRET = re.compile(
    r"(?:(?:but |so )?(?:i am (?:afraid|sorry(?: to say)?)|(?:i )?regret(?:tably|fully|(?: to say)?)|unfortunately|sadly|"
    r"sorry(?: to say)?)(?: ,)?"
    r"(?: but)?(?: that)? )+(?=\w)"
)
_CONCLUDES = word_set("so therefore hence thus accordingly overall consequently conclusion short sum altogether means meaning")


def decide(text: str) -> tuple[float | None, str]:
    """1 for yes, 0 for no with the reason "", or None with the reason why the reply says neither."""
    sign = _SIGNS.get(text.strip().rstrip("\ufe0f!. "))
    if sign is not None:
        return sign, ""
    found = readable(text)
    for part in conclusions(found):
        value = _of(part[:2])
        if value is not None:
            return float(value), ""
    value = _of(found)
    return (float(value), "") if value is not None else (None, "neither yes nor no in the reply")


def _of(part: Sequence[Sentence]) -> bool | None:
    said = [(index, value) for index, sentence in enumerate(part) if (value := _within(sentence)) is not None]
    if not said and _both_ways(part):
        return None
    if said and not _IDLE_CONDITION.search(part[said[-1][0]].text.lower()) and _both_ways(part):
        return None
    opened = _openings(part)
    lines = [" ".join(sentence.words) for sentence in part]
    if any(ABSTAINS.search(line) for line in lines):
        return said[-1][1] if said and not opened else None
    if opened and said and opened[0][1] != said[-1][1]:
        return said[-1][1] if said[-1][0] > opened[0][0] or said[-1][1] == _within(part[opened[0][0]]) else opened[0][1]
    if opened:
        return opened[-1][1] if len({value for _, value in opened}) > 1 else opened[0][1]
    if said:
        return said[-1][1]
    return None if any(OPEN.search(line) for line in (lines if len(lines) <= 4 else lines[-2:])) else _stated(part)


def _both_ways(part: Sequence[Sentence]) -> bool:
    """Yes under one condition and no under another."""
    text = " ".join(" ".join(sentence.words) for sentence in part)
    return bool(
        re.search(
            r"\b(?:if|unless|when|where)\b[^.]*\b(?:yes|no)\b.*\b(?:if|unless|when|where|otherwise)\b[^.]*\b(?:yes|no)\b|\b(?:yes|"
            r"no) (?:if|when|where|for)\b.*\b(?:yes|no)\b",
            text,
        )
    )


def _openings(part: Sequence[Sentence]) -> list[tuple[int, bool]]:
    """Sentences that begin with a yes or no and can be the answer: the first, the last, or one after a question of the reply's own."""
    spoken = [index for index, sentence in enumerate(part) if not sentence.question]
    found: list[tuple[int, bool]] = []
    for index in spoken:
        if index in (spoken[0], spoken[-1]) or part[index - 1].question:
            value = _opening(part[index].words)
            if value is not None:
                found.append((index, value))
    return found


def _opening(sentence: Sequence[str]) -> bool | None:
    index = 0
    while index < len(sentence) and (sentence[index] in _STARTERS or sentence[index] in ",–:"):
        index += 1
    rest = sentence[index:]
    line = " ".join(rest)
    if not rest or _NOT_AN_ANSWER.match(line):
        return None
    after = rest[1] if len(rest) > 1 else "."
    if rest[0] in ("yes", "no") and after in ("if", "or", "and", "/", "when", "where", "unless"):
        return None
    if _IDIOM_NO.match(line) or _LACKS.search(line):
        return False
    if re.match(
        r"(?:yes|sure|of course|certainly|absolutely)\b.{0,8} (?:i can help|i (?:would|will) be (?:happy|glad)|happy to|let me|"
        r"i will|here)",
        line,
    ):
        return None
    curt = re.fullmatch(r"(?:an? )?(?:\w+ )?(yes|no)(?: [.!])*", line)
    if curt:
        return curt.group(1) == "yes"
    if rest[0] == "not":
        return (
            None
            if after in ("only", "sure", "certain", "knowing", "having", "necessarily", "unless", "until", "enough", "clear")
            else False
        )
    if re.match(r"(?:unfortunately|regrettably|sadly),? (?:not|no)\b", line):
        return False
    if rest[0] in _NO and (rest[0] in ("no", "nope", "nah", "never") or after in ",.!:;–"):
        return False if rest[0] != "unfortunately" else True if "yes" in rest[:3] else False if "not" in rest or "no" in rest else None
    if rest[0] in _MILD_YES and len(rest) > 6 and after not in ".!":
        return None
    if rest[0] in _YES and after != "not" and (rest[0] in _FIRM_YES or after in ",.!:;–"):
        return True
    return True if _IDIOM_YES.match(line) else None


def _within(sentence: Sentence) -> bool | None:
    """An answer named within a sentence: "the short answer is no"."""
    line = " ".join(sentence.words)
    if sentence.question or (_NOT_SAID.search(line) and not _IDLE_CONDITION.search(line)):
        return None
    matches = list(_SAID.finditer(line))
    if not matches or re.search(r"\b(?:not|never) (?:\w+ )?say (?:yes|no)\b", line):
        return None
    return matches[-1].group(1) == "yes"


def _stated(part: Sequence[Sentence]) -> bool | None:
    """The sense of a full sentence: in a long reply of one that concludes or of the last, in a short one of the first."""
    told = [sentence for sentence in part if not sentence.question]
    concluding = [x for x in reversed(told) if _CONCLUDES & set(x.words[:4]) or ", so " in x.text or x.words[0] in ("please", "do")]
    passed = next((x for x in reversed(told) if _IDIOM_NO.search(" ".join(x.words))), None)
    if passed is not None and passed in told[-3:]:
        return False
    order = [*concluding, *told] if len(told) <= 2 else [*concluding, *reversed(told[-2:]), told[0]]
    return next((value for value in map(_sense, order) if value is not None), None)


def _without_regret(parts: Sequence[str]) -> Sequence[str]:
    """The words behind "I'm afraid", "unfortunately", "I'm sorry to say that"."""
    regret = _REGRET.match(" ".join(parts))
    return parts[len(regret.group().split()) :] if regret else parts


def _without_adverbs(parts: Sequence[str]) -> Sequence[str]:
    """The words without a "therefore" between a verb and what it says: "it is therefore not covered" is one clause."""
    return [word for at, word in enumerate(parts) if word not in _DRAWN or not at or parts[at - 1] not in _AUXILIARY]


def _sense(sentence: Sentence) -> bool | None:
    parts = _without_adverbs(_without_regret(sentence.words))
    line = " ".join(parts)
    if _IDIOM_NO.search(line) or re.match(r"(?:please )?(?:avoid|refrain|never|skip|stop)\b", line):
        return False
    barred = _BARRED.search(line)
    if barred:
        return negations(line[: barred.start()].split()) % 2 == 1
    if _LACKS.search(line) or _NO_LONGER.search(line):
        return False
    if re.match(r"(?:if|unless|whether|when|were|had) ", line) and not _IDLE_CONDITION.search(line):
        return None
    bounds = clauses(parts)
    for start, end in reversed(bounds) if len(parts) > 20 or _CONCLUDES & set(parts) else bounds:
        clause = " ".join(parts[start:end])
        turned = len(_NEGATIVE_FORM.findall(clause))
        if _TALK.search(clause) or (len(bounds) > 1 and _AHEAD.match(clause)) or not (turned or _MAIN.search(clause)):
            continue
        lacking = parts[start] == "without"  # "without the form he can not enrol" says no once
        return (negations(parts[start:end]) + turned - lacking) % 2 == 0
    return True if _IDIOM_YES.search(line) else None
