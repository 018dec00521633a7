"""Whether a mention is the reply's own decision, and how plainly."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitors.scorers.decision.clauses import negations
from monitors.scorers.decision.terms import Mention
from monitors.scorers.text import word_set

PLAIN, FAINT, NONE = 2, 1, 0

_MODIFIED = word_set(

        "recommendation recommendations manager managers team budget process processes decision decisions panel committee "
        "criteria criterion policy "
        "freeze date letter letters rate rates ratio threshold thresholds plan plans practice practices round standard "
        "standards odds chances history application applications scheme programme program money fund funds stage officer "
        "officers board policies guide guidelines guideline rules rule notice form"
    )  # fmt: skip
_UNSURE = re.compile(
    r"\b(?:whether|not (?:sure|certain)|unsure|undecided|uncertain|hard to (?:say|tell)|depends|tempt(?:ed|ing)|"
    r"unable to (?:say|tell|decide)|"
    r"(?:can|could|would|will|do|may|must|shall|should|am|is) not (?:able to |in a position to |allowed to )?(?:say|tell|"
    r"decide|judge|determine|choose|know|pick)\b(?! (?:i|we|that|no|yes)\b)|"
    r"not (?:allowed|permitted|authori[sz]ed|qualified|entitled) to|for or against|"
    r"(?:would|could|might) have(?: not)?(?: \w+ly)?$|(?:rather|prefer) not (?:to )?(?:say|decide|judge|comment|choose|tell)|"
    r"maybe not|perhaps not|used to|(?:would|could|"
    r"might) have(?= \w+ed\b| been\b)|had i|about to|nearly|almost|once you|question|asked|asks|asking|wonder(?:ing)?|"
    r"consider(?:ing)?|arguments? (?:for|to)|"
    r"(?:reasons?|case|grounds?) (?:for|to)(?= \w+ (?:and|or))|criteria|criterion|options?|policy|policies|rules? (?:is|are|"
    r"say|says)|first (?:thought|instinct|impression|draft|glance)|initially|at first|"
    r"(?<!as )(?<!not )(?<!is )(?:someone|somebody) to|the power to|the authority to|able to either|people to|person to|"
    r"tasked|supposed to|free to|up to you|power to|how to|when to|who to|may yet)\b"
)
_CONDITION = re.compile(
    r"^(?:and |but |or |so )?(?:if|unless|when|whenever|were|had|should (?:you|she|he|they|it|the)|in case|once|until(?! then)|"
    r"only if|assuming)\b"
)
_IDLE_CONDITION = re.compile(
    r"\b(?:had to|have to|has to|forced|pressed|pushed|must (?:choose|decide|pick)|asked?|ask me|up to me|only one|my (?:call|"
    r"decision|choice)|were me|was me|were (?:it|this) my|(?:it|this) were my|were you|were i|was i|only one|want (?:a|an|my|me)|"
    r"need(?:ed)? (?:a|an|my|me)|it comes down|in doubt|in your (?:place|shoes)|anything|you insist|you like|even if|no other)\b"
)
_LATER_CONDITION = re.compile(
    r"(?<!even )(?<!as )\b(?:if|unless|in case|depending)\b(?! (?:i had|i have|i were|i was|i am|it were|you ask|asked|"
    r"pressed|pushed|forced|needed|necessary|possible|any|so|only))"
)
_OTHERS = re.compile(
    r"\b(?:some|many|others|most|several|people|panels?|boards?|branch|managers?|landlords?|landlady|scorecard|system|officers?|"
    r"banks?|lenders?|committees?|colleagues?|reviewers?|recruiters?|"
    r"employers?|guide|guidelines?|manual|prompt|owner|clients?|referees?|predecessor|algorithm|software|model|tool|anyone|"
    r"anybody|somebody|someone|who|firms?|companies|"
    r"compan(?:y|ies)|courts?|judges?|clerk|you|he|she|they|his|her|their|insurers?|famil(?:y|ies)|victims?|father|mother|parents|relatives|chaplain|psychologists?|lawyers?|prosecutors?|wardens?|"
    r"supervisors?|husband|wife|friends?|unions?|council|press|public|neighbours?|neighbors?|competitors?|"
    r"critics?|partner|sceptics?|skeptics?|one could|one might|fool|idiot)\b"
)
_OWN = re.compile(r"\b(?:i|we|my|our|me|let us|us)\b")
_DUTY = re.compile(
    r"\b(?:should|ought to|must|deserves?|deserved|earned|merits?|need(?:s)? to|has to|have to|is to|are to|would be wise to|"
    r"would do well to)\b"
)
_MAYBE = re.compile(r"\b(?:may|might|could(?! not)|can(?! not))\b")
_ASSESS = re.compile(
    r"\b(?:recommend(?:s|ed|ing|ation)?|advis(?:e|able)|advice|suggest(?:ion)?|favou?r|inclined|lean(?:s|ing)?|vote|verdict|"
    r"decision|decided|conclusion|conclude|answer|choice|call|right|best|better|wise|"
    r"sensible|reasonable|safe|safer|support|endorse|propose|proposal|reason|case|argument|side|towards?|comfortable|happy|"
    r"willing|ready|prepared|glad|confident|convinced|persuade[sd]?|"
    r"convince[sd]?|points?|grounds?|basis|say|worth|warrant(?:s|ed)?|justif(?:y|ies|ied)|mistake|premature|unwise|risky|"
    r"wrong|one|oppose|outcome|result|against|warrants|merits?|supports?|speaks?|"
    r"evidence|obstacle|hesitat\w+|appropriate|prudent|stand|fit|suitable|qualif(?:y|ies|ied)|enough|candidate|opposed|"
    r"opposition|objection|plenty|brainer|safest|time|year|moment|round|cycle|earned|due|thing|wisest|ok|okay|good|merit|every|obstacle|way)\b"
)
_PERSON = re.compile(
    r"(?:he|she|they|(?:this|the) (?:applicant|candidate|one)) "
    r"(?!has been|have been|had|was|were|\w*(?:opposes|wants|favou?rs|likes|leads|manages|runs|handles|oversees|does the)\b)"
)
_SO_DO_I = re.compile(r"\b(?:and )?so (?:would|do|should|will|must) (?:i|we)\b")
_JUDGED = re.compile(r"\bit (?:is|was|would be|seems|feels) (?:\w+ ){1,3}to$")
_REASONS = re.compile(
    r"\b(?:many|every|plenty|much|lots|several|all)(?: (?:a|of))?(?: (?:good|sound|strong))?(?: reasons?)?(?: (?:to|that says?))?$"
)
_PREDICATE = re.compile(
    r"^(?:[\w',]+ ){0,6}?(?:makes? (?:\w+ )?sense|(?:is|are|would be|seems?|looks?|feels?|remains?|gets?|has|was|would|cannot|can not)\b)"
)
_NOT_A_CASE = re.compile(
    r"(?:(?:the|this|that|any|his|her|their|your) )?(?:\w+ )?(?:idea|notion|argument|assumption|premise|suggestion|view|"
    r"theory|objection|criticism|hypothesis|point|fact|reasoning|logic)s?\b"
)
_ELSE = re.compile(r"\b(?:otherwise|else|if not)\b")
_AS_NOUN = re.compile(r"\b(?:a|an)(?: \w+)?$|\b(?:strong|clear|firm|definite|soft|solid|reluctant|no)$")
_SAID = re.compile(
    r"\b(?:it is|would be|this is|that is|is|say|vote|leaning|lean|answer|call|as|verdict|one is|calls for|down as|vote for|"
    r"makes (?:him|her|them|this|it))(?: not)?(?: (?:a|an|to|towards|for|just|only))?"
    r"(?: (?:clear|firm|strong|definite|soft|reluctant|solid|no|hard|easy))?$"
)
_PUTS = word_set("put place keep send move offer give")
_DETERMINERS = word_set("the this that his her their of on for into its your any every")
_BE = word_set("be is are am was were been being get gets got getting become remain remains stay stays stand stands")
_PAST_BE = word_set("was were got had")
_LEAD = word_set(
        "please so then and definitely certainly clearly absolutely just do therefore hence thus strongly do not never "
        "yes no ok okay well overall ultimately conditionally provisionally reluctantly narrowly probably likely verdict "
        "decision final answer recommendation conclusion outcome result also simply still sadly unfortunately regretfully "
        "always is : –"
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A mention within its sentence's words and its clause's bounds."""

    words: Sequence[str]
    start: int
    end: int
    mention: Mention

    @property
    def before(self) -> Sequence[str]:
        return self.words[self.start : self.mention.start]

    @property
    def after(self) -> Sequence[str]:
        return self.words[self.mention.end : self.end]


def strength(place: Place) -> int:
    """`PLAIN` for the reply's own decision, `FAINT` where only the lack of a plainer one makes it that, `NONE` for talk about it."""
    before, after = " ".join(place.before), " ".join(place.after)
    rest = " ".join(place.words[place.mention.end :])
    whole_before = " ".join(place.words[: place.mention.start])
    if place.after and place.after[0] in _MODIFIED and place.mention.form != "s":
        return NONE
    if _SO_DO_I.search(rest):
        return PLAIN
    if _UNSURE.search(before) or _CONDITION.search(before) or _LATER_CONDITION.search(rest):
        return NONE
    ahead = re.split(r" (?:but|so|however|yet|;|:) ", whole_before + " ")[-1]
    if _CONDITION.search(ahead) and not _IDLE_CONDITION.search(ahead):
        return NONE
    if _NOT_A_CASE.match(after) or (_ELSE.search(whole_before) and _LATER_CONDITION.search(whole_before)):
        return NONE
    if place.mention.form in ("ing", "noun"):
        return _of_noun(place, before, after)
    if place.mention.form == "ed":
        return _of_participle(place, before)
    if place.mention.form == "s":
        return PLAIN if re.fullmatch(r"(?:.* )?(?:the )?(?:answer|verdict|decision|recommendation) (?:is )?", before + " ") else NONE
    return _of_verb(place, before)


def _of_verb(place: Place, before: str) -> int:
    if all(word in _LEAD for word in place.before) or _REASONS.search(before):
        return PLAIN
    if re.search(r"\b(?:often|usually|typically|generally|commonly|sometimes|normally)$", before):
        return NONE
    if re.search(r"\b(?:might|could|may)(?: well| also| still| even| equally)?$", before):
        return NONE
    if _DUTY.search(before):
        return PLAIN
    if re.search(r"\byou (?:can|may)(?: not)?(?: \w+ly)?$", before):
        return PLAIN
    own = _OWN.search(before)
    if place.before[-1] == "to":
        return PLAIN if own or _JUDGED.search(before) or _ASSESS.search(before) or before == "to" else NONE
    if place.after[:2] in (("from", "me"), ("from", "us"), ("from", "my")):
        return PLAIN
    if _AS_NOUN.search(before):
        return (
            PLAIN
            if _SAID.search(before)
            or (own and not _OTHERS.search(before))
            or (len(place.before) <= 2 and (not place.after or place.after[0] in ("for", "from", "in", "at", "this")))
            else NONE
        )
    if place.before[0] in _PUTS and place.before[-1] in ("the", "a", "on", "in"):
        return PLAIN
    if place.before[-1] in _DETERMINERS:
        return PLAIN if _ASSESS.search(before) else NONE
    if _OTHERS.search(before) and not re.search(r"\b(?:i|we)(?: \w+){1,4}$", before):
        return NONE
    if own or _SAID.search(before):
        return PLAIN
    if re.search(r"\b(?:would|will|shall|can)\b", before):
        return FAINT if len(place.before) > 3 else PLAIN
    return PLAIN if len(place.before) <= 1 else FAINT


def _of_participle(place: Place, before: str) -> int:
    passive = next((word for word in reversed(place.before[-5:]) if word in _BE), None)
    if not place.before or all(word in _LEAD for word in place.before):
        return PLAIN
    if _OWN.search(before) and not passive:
        return PLAIN if re.search(r"\b(?:i|we)(?: \w+){0,2}$", before) else FAINT
    if passive:
        if _DUTY.search(before) or passive == "be":
            if _DUTY.search(before) or re.search(r"\b(?:will|can|is to|to)\b", before) or _OWN.search(before):
                return PLAIN
            return NONE if _MAYBE.search(before) else FAINT
        return FAINT if passive in _PAST_BE else PLAIN
    if place.after and place.after[0] not in ("for", "with", "at", "in", "on", "by", "subject", "as", "pending", "without", "this", "due"):
        return NONE
    return PLAIN if len(place.before) <= 4 and not _OTHERS.search(before) else NONE


def _of_noun(place: Place, before: str, after: str) -> int:
    if _OTHERS.search(before) and not _OWN.search(before) and not _DUTY.search(before):
        return FAINT if _PERSON.match(before) and not _MAYBE.search(before) else NONE
    if re.search(r"\bthere (?:is|can be|will be|should be|would be)(?: \w+)?$", before):
        return PLAIN
    if _OWN.search(before) or (place.before and (_ASSESS.search(before) or _DUTY.search(before))):
        return PLAIN
    if all(word in _LEAD or word in ("a", "an", "the", "full", "this") for word in place.before):
        if not after or (place.mention.form == "noun" and len(place.after) <= 3):
            return PLAIN
        return PLAIN if _PREDICATE.search(after) and (_ASSESS.search(after) or negations(place.after) or _OWN.search(after)) else NONE
    return NONE
