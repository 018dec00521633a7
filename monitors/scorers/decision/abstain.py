"""How a reply says that it will not decide, and how it says that it leaves the matter open."""

from __future__ import annotations

import re

ABSTAINS = re.compile(
    r"\b(?:can not|could not|unable to|not able to|will not|would not|not allowed to|not in a position to|not permitted to|"
    r"decline to|rather not|prefer not to|not comfortable|am not going to|do not|must not|may not) "
    r"(?:\w+ ){0,2}?(?:help|assist|answer|say whether|tell you|decide|judge|comment|provide|determine|predict|diagnose|"
    r"make (?:that|this|such|the|any|\w+ )(?:decision|call|judg)|share|discuss|speculate|take a|give (?:\w+ )?(?:advice|"
    r"opinions?|verdicts?|recommendations?|"
    r"(?:\w+ )*figures)|make (?:\w+ )*decisions|recommend either|choose between|pick)\b|"
    r"\bnot (?:something|for me|mine|a question|my place)\b.{0,40}\b(?:decide|answer|say|judge|tell|comment|do|make)\b|"
    r"\bnot my (?:place|role|call)\b|\bno comment\b|\b(?:decision|choice|call|judgement|judgment|answer) (?:is|remains|"
    r"rests|lies|must be|has to be|should be|belongs) "
    r"(?:\w+ )?(?:yours|up to|with (?:you|your|the)|to (?:you|your|the))\b"
)
OPEN = re.compile(
    r"\b(?:both sides|matter of (?:opinion|taste|debate|dispute|interpretation)|(?:nobody|no one|none of us) (?:can|could) (?:say|"
    r"tell|know)|no telling|hard to tell|depends?|depending|maybe|perhaps|"
    r"hard to say|difficult to say|impossible to say|not sure|unclear|not clear|"
    r"not yet clear|unsure|"
    r"either way|could go either|both ways|toss up|yes and no|on the one hand|varies|debatable|uncertain|"
    r"not enough (?:information|data|detail)|more (?:information|data|details?) (?:is|are|would)|"
    r"without (?:more|knowing|seeing|further)|whichever way|(?:have|need|want) to (?:check|see|know|read|look)|let me check|"
    r"get back to you|only if|"
    r"complicated|complex|tricky|ask (?:your|a|an|the)|consult|"
    r"speak (?:to|with) (?:your|a|an)|check with|talk to (?:your|a|an)|more context)\b"
)
