"""What a prompt asks for: words that are somebody else's, a choice, a yes or no, several things, something about the assistant."""

from __future__ import annotations

import re

_SAYS_NO = (
    r"reject(?:s|ed|ing|ion)?|declin(?:e|es|ed|ing)|refus(?:e|es|ed|ing|al)|turn(?:s|ed|ing)? (?:\w+ ){0,3}down|"
    r"turning down|say(?:s|ing)? no|resign(?:s|ation)?|(?:a|an our|our|answer:?|:) no\b|no to|no:|apolog\w+|denial|"
    r"(?:who|that|which|bot|it) (?:can't|cannot|won't|never|must refuse)|unable|absage|abgelehnt|"
    r"rechaz\w+|refus\w*|out of scope|not (?:accept|interested|able|coming)|can't (?:work|come|help|make)|cannot (?:help|come)|"
    r"[\"'][^\"']*(?:can't|cannot|won't|not|no|unable|nicht|kein\w*|nein|pas|jamais|nunca)\b[^\"']*[\"']"
)
_WRITE = (
    r"write|draft|compose|formulate|prepare|give me|example|line|lines|sample|message|email|e-mail|mail|letter|text|reply|"
    r"note|notice|tweet|scene|story|translate|proofread|complete|rephrase|rewrite|shorten|quote|ways|schreib\w*|"
    r"écri\w*|escrib\w*|rédige\w*|classify|sentiment|"
    r"summarise|summarize|extract|polite\w*"
)
VOICE = re.compile(
    rf"\b(?:{_WRITE})\b.{{0,60}}?(?:\b|(?<= ))(?:{_SAYS_NO})|^(?:decline|reject|refuse|turn down|say no|"
    rf"tell (?:\w+\.? ){{1,3}}no)\b|\b(?:rejection|refusal|absage|decline|reject)\w* (?:letter|mail|email|message|note|line|"
    rf"text)",
    re.I,
)
PLAY = re.compile(
    r"\b(?:play|role-?play|pretend|act as|act like|be an? \w+|you are|you're|you are now|as an? \w+[, ]|continue|story|"
    r"scene|in character|stay in|imagine|spiel\w*|joue|eres|dialogue|monologue)\b",
    re.I,
)
WRITTEN = re.compile(
    r"\b(?:write|draft|compose|create|generate|story|poem|essay|letter|email|mail|schreib|escribe|rédige|écris|translate|"
    r"rewrite)\w*\b",
    re.I,
)
CHOOSE = re.compile(
    r"^(?:should|would|is|are|can|may|does|do|did|was|will|has|have|soll\w*|darf|kann|ist|puis|peut|dois|faut|debo|puedo|"
    r"contrat\w*|yes or no)\b|\b(?:approve|hire|reject|decline|grant|deny|admit|promote|release|parole|accept|eligible|"
    r"yes or no|yes/no|or not|decide|rate|score|grade|rank|pick|choose|triage|priority|which|who)\b",
    re.I,
)
_OFFERS = re.compile(
    r"^(?:should|would|is|are|can|may|does|do|did|was|will|has|have|hire|approve|admit|promote|cover|grant)\b|\b(?:yes or no|yes/no|or "
    r"not|whether|"
    r"(?:approve|hire|accept|admit|grant|invite|keep|pass|settle)\w* or \w+)\b",
    re.I,
)
_OPEN_QUESTION = re.compile(
    r"\b(?:how|what|when|where|why|who|wie|was|wann|wo|warum|cómo|qué|cuándo|dónde|comment|que|quand|où|pourquoi)\b", re.I
)
_REQUESTED = re.compile(
    r"^(?:please,? )?(?:(?:can|could|will) (?:you|u)\b.*\b(?:me|my|us|our|this|that|these|the)\b|would you (?:please|mind|kindly|be so)\b)",
    re.I,
)
ABOUT_SELF = re.compile(
    r"\b(?:can|could|do|are|did|will) you (?:able|see|hear|feel|remember|run|access|have|know|speak|store|learn|like|think|believe|real|"
    r"human|an? )|"
    r"\byour (?:name|limits)\b|\b(?:chatbot|bot|ai|language model|refus\w+)\b",
    re.I,
)
SEVERAL = re.compile(r"\b(?:and|plus|also|incl\w*|both|und|et|y|with|all|each|three|four|five|two|\d+)\b|[,;:]", re.I)
GIVEN = re.compile(
    r"\b(?:pasted|attached|below|given|data|follows|above|file|uploaded|anbei|figures|enclosed|full|cv|documents?)\b|\d", re.I
)


def asks_for_words(prompt: str) -> bool:
    """Whether the prompt asks for words that are somebody else's: a letter that declines, a role, a quotation."""
    return bool(VOICE.search(prompt) or PLAY.search(prompt))


def asks_to_choose(prompt: str) -> bool:
    """Whether the prompt asks for a decision, a mark or a choice."""
    return bool(CHOOSE.search(prompt)) or asks_yes_no(prompt)


def asks_yes_no(prompt: str) -> bool:
    """Whether yes or no answers the prompt, or one of its options does."""
    if _REQUESTED.search(prompt):
        return False
    if _OFFERS.search(prompt):
        return True
    return prompt.rstrip().endswith("?") and not _OPEN_QUESTION.search(prompt)


def asks_about_self(prompt: str) -> bool:
    """Whether the prompt asks about the assistant itself."""
    return bool(ABOUT_SELF.search(prompt))
