"""Turns of phrase in which an assistant declines, whatever the subject, written over the shapes of sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_ME = r"(?:i|we|me|us|myself)"
_NO = r"(?:not|never|no|nothing|nobody|none|neither|nor)"
_GAP = r"(?: [^ .?!]+){0,3}?"
PATTERNS = {
    "me-not": rf"\b{_ME}{_GAP} (?:not|never)\b(?! (?:only|x\w*ly sure|sure))",
    "me-not-do": rf"\b{_ME}{_GAP} (?:not|never)(?: [^ .?!]+){{0,2}} (?:HELP|GIVE|MAKE|JUDGE|ACCESS|do|go|be|take|let|play|P\w*)\b",
    "me-know-not": rf"\b{_ME} (?:do|did|can|could) not (?:know|x|think|believe|remember|find|see|feel|mean|want|like|P)\b",
    "me-unable": rf"\b{_ME}{_GAP} (?:UNABLE|DECLINE)\b",
    "me-must": rf"\b{_ME} (?:must|have to|will have to|need to|am going to|would)(?: [^ .?!]+)? (?:DECLINE|say no|turn|x)\b",
    "rather": rf"\b(?:rather|prefer|sooner|better|inclined|hesitate|choosing|choose|like to|love to|tend){_GAP} (?:not|DECLINE|out|"
    rf"away)\b",
    "not-thing-me": rf"\b{_NO}(?: [^ .?!]+){{0,3}} (?:something|anything|thing|one|what|where|how|request|direction|place|SCOPE|call|job|"
    rf"matter|question|answer|x|MAKE|way|choice|JUDGE|PART)(?: (?:that|which|to which|on which|for which))? (?:i|we|my|this|"
    rf"you)\b",
    "thing-me-not": r"\b(?:something|anything|thing|one|what|where|MAKE|P|x|request|subject|SCOPE|choice)(?: (?:that|which|to|on|for|in|"
    r"about))? (?:i|we)(?: [^ .?!]+){0,3} (?:not|never|DECLINE|UNABLE|stop|x)\b",
    "where-stop": r"\bwhere (?:i|we|my|it|this)\b|\bthat is as far as\b|\bends? here\b|\bmy HELP x?s?\b",
    "mine-not": r"\b(?:not|never|no) (?:my|mine|our|for me|on me|up to me|to me|with me|with my|from me|a x for me)\b|\b(?:mine|"
    r"for me) to [^ ]+\b.*\bnot\b",
    "no-from-me": r"\b(?:no|none|nothing|x)(?: [^ .?!]+){0,3} (?:from|with|by) (?:me|my|us)\b|\bnot with (?:me|my)\b|\bno from\b",
    "gerund-not": r"^\^ (?:(?:the|a|any|that|such|this|to|and|but|so|however|as|for|PART|x\w*|P\w*|of|in|my|your|their|SORRY|,|anyway|"
    r"even) ){0,6}?(?:MAKE|JUDGE|GIVE|ACCESS|HELP|Ping|xing|DECLINE|BAD)\b(?: [^ .?!]+){0,9} (?:is|are|was|would|does|do|"
    r"will|can|has)(?: [^ .?!]+){0,2} (?:not|no|never|beyond|outside|off|out|against|UNABLE|FORBID|DECLINE|BAD|where|more|"
    r"SCOPE|RULE)\b",
    "asked-not": r"\bP\w*(?: [^ .?!]+){0,6} (?:is|are|will|would|can|could|may|must|has|have|does|do)(?: [^ .?!]+){0,3} (?:not|no|never|"
    r"beyond|outside|off|out|against|UNABLE|FORBID|DECLINE|BAD|x)\b",
    "off": r"\b(?:off|outside|beyond|against|out of|within|under) (?:the |my |our |its |all |x |these |those |this |"
    r"what )*(?:SCOPE|RULE|x|table|limits|SELF|service|menu|question|bounds|i|we)\b",
    "stay-out": r"\b(?:DECLINE|stays?|remains?|kept|keeps?|going)(?: [^ .?!]+){0,4} (?:out|away|off|back|aside|open|empty|blank|"
    r"to myself|to you|to those|to the|to EXPERT|alone|there|silent|quiet|unanswered|x)\b",
    "leave-to": r"\b(?:DECLINE|belongs?|matter|reserved|up|yours|JUDGE)(?: [^ .?!]+){0,4} (?:to|for|with) (?:you|your|the|those|a|"
    r"EXPERT|others|them|people|someone|x)\b",
    "rule-no": rf"\b(?:RULE|SELF|PART)\b(?: [^ .?!]+){{0,6}} (?:{_NO}|FORBID|DECLINE|UNABLE|only|against|outside)\b|\b(?:{_NO}|FORBID|"
    rf"against|per|under)(?: [^ .?!]+){{0,6}} (?:RULE)\b",
    "self-no": rf"\bSELF\b(?: [^ .?!]+){{0,5}} (?:{_NO}|UNABLE|DECLINE|only|can)\b|\bas (?:a |an )?(?:x |P )?SELF\b",
    "passive-no": r"\b(?:can|could|may|will|shall|must|should|is|are|was|were|has|have|been|be)(?: therefore| also)? (?:not|never)(?: be|"
    r" been| being)? (?:x?ed|Ped|x|given|shown|FORBID|MAKE|GIVE|JUDGE|ACCESS|HELP|here|P|available|possible|supported|set|"
    r"part)\b",
    "forbidden": r"\b(?:is|are|be|been|was|were|has|have)(?: [^ .?!]+){0,2} (?:FORBID|DECLINE|UNABLE|closed|confidential|restricted|"
    r"internal|protected|private|secret|disabled|denied|unavailable)\b",
    "no-means": r"\b(?:no|without|lack\w*|any)(?: [^ .?!]+){0,2} (?:ACCESS|NOINFO|way|means|SCOPE|tools?|FORBID|x?ions?|memory|"
    r"connection)\b",
    "no-input": r"\b(?:NOINFO|PART|P\w*)(?: [^ .?!]+){0,5} (?:not|no|empty|blank|blurred|unreadable|missing|x)(?: [^ .?!]+){0,2}\b.*\$$",
    "sorry-but": r"\bSORRY(?: [^ .?!]+){0,2} ,? ?but\b|\bSORRY , (?:i|we|but|that|this|no)\b|^\^ SORRY (?:i|we)\b",
    "bare-no": r"^\^ (?:no|x|hard no|absolutely not|never)(?: [,.!] \$| [.!])",
    "others-not": r"^\^ (?:(?:the|a|an|your|their|my|this|no|most|some) )?x\w* (?:x\w* ){0,3}(?:can|could|may|do|does|did|is|are|was|were|"
    r"will|would|must|should|have|has) (?:not|never)\b",
    "you-not": r"\b(?:you|they|it|he|she|one|nobody|there) (?:can|could|may|do|does|did|must|should|will|would|have|is|are|"
    r"was)(?: [^ .?!]+)? (?:not|never|no)\b",
    "violates": r"\b(?:BAD|x?s) (?:the |our |my |x |a |of |content |usage ){0,4}(?:RULE)\b|\bFORBID(?: [^ .?!]+){0,3} (?:RULE|here|"
    r"under|in)\b",
    "promise": r"^\^ (?:sure|ok|certainly|of course|let|first|now|then|i will|we will|PART)(?: [^ .?!]+){0,5} (?:will|us|me|start|look|"
    r"x)\b",
    "see-someone": r"\b(?:SEEK|please|best|talk|speak|turn)(?: [^ .?!]+){0,5} (?:EXPERT|website|page|team|support|office|centre|center|"
    r"service|us|homepage)\b",
}
_NEEDS = {
    "me-not": "i we me us myself",
    "me-not-do": "i we me us myself",
    "me-know-not": "i we me us myself",
    "me-unable": "i we me us myself",
    "me-must": "i we me us myself",
    "rather": "rather prefer sooner better inclined WILLING hesitate choosing choose like love tend",
    "not-thing-me": "i we my this you",
    "thing-me-not": "i we",
    "where-stop": "where far ends end HELP",
    "mine-not": "my mine our me",
    "no-from-me": "me my us no",
    "gerund-not": "not no never beyond outside off out against UNABLE FORBID DECLINE BAD where more SCOPE RULE",
    "off": "off outside beyond against out within under",
    "rule-no": "RULE SELF PART",
    "self-no": "SELF",
    "passive-no": "not never",
    "forbidden": "FORBID DECLINE UNABLE closed confidential RULE restricted internal protected private secret disabled denied unavailable",
    "no-means": "no without lack lacking lacks any",
    "sorry-but": "SORRY",
    "others-not": "not never",
    "you-not": "you they it he she one nobody there",
    "violates": "RULE FORBID",
    "see-someone": "SEEK please best talk speak turn",
}
_COMPILED = tuple((name, frozenset(_NEEDS.get(name, "").split()), re.compile(pattern)) for name, pattern in PATTERNS.items())


def cues(shape: Sequence[str]) -> Iterator[str]:
    """The names of the turns of phrase in a shape."""
    line = " ".join(shape)
    present = frozenset(shape)
    for name, needs, pattern in _COMPILED:
        if (not needs or not needs.isdisjoint(present)) and pattern.search(line):
            yield "!" + name
