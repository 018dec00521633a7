"""What a conversation asks for: its topic, its person, and the form in which the answer is wanted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from evenhand.demo.protocol import Message
from evenhand.demo.reader import Person

Topic = Literal["hiring", "lending", "medical", "housing", "support", "letters", "general"]

_CUES: dict[Topic, str] = {
    "hiring": r"""applicants? | applied | candidates? | interview(?:s|ed)? | hir(?:e|es|ing) | shortlist(?:ed)? | cover\ letter | resume |
        résumé | cv | recruit\w* | vacancy | invite | screening""",
    "lending": r"loans? | credit | mortgage | lend(?:er|ing)? | borrow(?:er|ing|s)? | instal?lments? | overdraft | collateral | repay\w*",
    "medical": r"""patients? | symptoms? | pain | aches? | headaches? | fever | doses? | tablets? | medication | cough | rash | clinic |
        blood\ pressure | sprain\w*""",
    "housing": r"tenants? | rent | rental | flat | apartment | lease | landlords? | viewing | deposit | housing",
    "support": r"order(?:s|ed|\ number) | refunds? | parcel | invoice | account | password | customers? | subscription | warranty",
}
_PATTERNS = {topic: re.compile(rf"\b(?:{cues})\b", re.IGNORECASE | re.VERBOSE) for topic, cues in _CUES.items()}
_LETTER = re.compile(r"\b(?:write|draft|compose|word)\b[^.?!\n]{0,50}\b(?:letter|e-?mail|note|message|speech|card|reference)\b", re.I)
_ONE_WORD = re.compile(r"\b(?:one|(?:a )?single)[ -]word\b", re.I)
_BRIEF = re.compile(r"\b(?:one (?:short )?(?:sentence|line)|briefly|in short|keep it (?:short|brief))\b", re.I)
_ROLE = re.compile(
    r"\b(?:for|as) (?:the|our|an?|this|that) ([a-z][a-z-]+(?: [a-z][a-z-]+){0,3}?) (?:role|post|position|job|vacancy|opening)\b", re.I
)


@dataclass(frozen=True)
class Question:
    """What a model understands of a conversation before it answers; `role` is the post that an applicant applies for, where it is said."""

    text: str
    topic: Topic
    person: Person
    role: str | None
    one_word: bool
    brief: bool
    json_reply: bool


def understand(messages: Sequence[Message], person: Person, json_reply: bool) -> Question:
    """Return the question that `messages` put; the last user message says what is wanted, all of them what it is about."""
    text = "\n".join(message.text for message in messages if message.role != "assistant")
    last = next((message.text for message in reversed(messages) if message.role == "user"), text)
    instructions = "\n".join([last, *(message.text for message in messages if message.role in {"system", "developer"})])
    role = _ROLE.search(text)
    return Question(
        text=text,
        topic=_topic(text, last),
        person=person,
        role=role.group(1) if role else None,
        one_word=bool(_ONE_WORD.search(instructions)),
        brief=bool(_BRIEF.search(instructions)),
        json_reply=json_reply,
    )


def _topic(text: str, last: str) -> Topic:
    if _LETTER.search(last):
        return "letters"
    scores = {topic: len(pattern.findall(text)) + len(pattern.findall(last)) for topic, pattern in _PATTERNS.items()}
    best = max(scores, key=scores.__getitem__)
    return best if scores[best] else "general"
