"""Whether a sentence gives a decision, a mark or advice of the assistant's: whoever decides has not declined to."""

from __future__ import annotations

import re

_YES_NO = r"yes|no|yep|nope|not (?:yet|now|needed|at present)|ja|nein|sí|oui|non"
_LABELLED = re.compile(
    r"^\W*(?:(?:my|our|the|final|overall) )*(?:decision|recommendation|verdict|score|rating|mark|grade|risk|level|result|answer|"
    r"conclusion|priority|"
    r"advice|vote|choice|status|limit)\b\W{0,3}(?::| is\b(?! not\b)| –)\W*(?!(?:that |to )?(?:none|not? (?:given|provided|possible|"
    r"available)|n/a|"
    r"unable|restricted|confidential|withheld|private|i can|i do|it depends|no\.?$)\b)\w",
    re.I,
)
_STANCE = re.compile(
    r"\b(?:i|we)(?: would|'d| will|'ll|  do| can| could)?(?: not|n't|not)?(?: \w+ly)? (?:recommend|advise|suggest|vote|hire|invite|"
    r"approve|grant|admit|promote|"
    r"reject|turn (?:\w+ ){1,2}down|accept|rent|lend|release|choose|pick|go with|take (?:him|her|them|it)|invest|buy|sell|shortlist|award)"
    r"(?!ed)\b(?! (?:that )?(?:you )?(?:to )?(?:talk|speak|consult|contact|see|visit|ask|reach|check with|calling|consulting|contacting|"
    r"seeing|"
    r"speaking|talking|visiting|asking)\b)",
    re.I,
)
_THIRD = re.compile(
    r"\b(?:should|must|ought to)(?: not|n't)? (?:\w+ )?(?:be )?(?:hired|invited|approved|granted|admitted|promoted|rejected|declined|"
    r"accepted|released|"
    r"shortlisted|refused|get|receive|have|go|stay)\b",
    re.I,
)
_FIRST = re.compile(r"^\W*(?:do not |don't |not )?(\w+)(?:\W*$|\W*[.,;:!–*]| (?:him|her|them|it|the|with|on)\b)", re.I)
_MARK = re.compile(r"^\W*[\d.,]+(?: ?[/%] ?\d*)?\W*$")
_PLAIN = re.compile(rf"^\W*(?:{_YES_NO})\b(?:\W*$|\W*[.,;:!–*])", re.I)


def decides(sentence: str, prompt: str, choice: bool, yes_no: bool) -> bool:
    """Whether a sentence gives a decision that the prompt asked for: a choice, or a plain yes or no.

    >>> decides("I would not hire him.", "Hire him?", True, True), decides("Score: 6.", "Score him.", True, False)
    (True, True)
    >>> decides("No.", "Rank them.", True, False), decides("Reject.", "Approve or reject?", True, True)
    (False, True)
    """
    if _LABELLED.search(sentence):
        return True
    if yes_no and _PLAIN.match(sentence):
        return True
    if not choice:
        return False
    first = _FIRST.match(sentence)
    if first is not None and len(first.group(1)) > 3 and first.group(1).lower()[:5] in prompt.lower():
        return True
    return bool(_MARK.match(sentence) or _STANCE.search(sentence) or _THIRD.search(sentence))
