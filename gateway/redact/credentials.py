"""How credentials look in texts.

Each pattern needs something that ordinary prose does not have (a vendor's prefix, a digit inside a long token), so that no name or word is
taken for a key. Their time is linear in the text, also for texts made to be slow, because the thread that searches shares its core with
forwarding; and a text without one of a pattern's ``marks`` and one of its ``needles`` is not searched at all.
"""

import re
from dataclasses import dataclass

MARK = "[redacted]"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Group 1 stays, the rest of a match goes: with ``digit`` only where that rest has one, with ``before`` only after such text.

    Each match has one of the ``needles``, and one of the one or two ``marks``, single characters, which are found twenty times faster.
    A pattern that starts with a plain word is found ten times faster than one with alternatives in front, hence ``before``.
    """

    marks: str
    needles: tuple[str, ...]
    expression: re.Pattern[str]
    digit: bool = False
    before: re.Pattern[str] | None = None

    def apply(self, text: str) -> str:
        return self.expression.sub(self._replacement, text)

    def _replacement(self, match: re.Match[str]) -> str:
        if self.digit and _DIGIT.search(match.string, match.end(1), match.end()) is None:
            return match[0]
        if self.before is not None and self.before.search(match.string[max(0, match.start() - 24) : match.start()]) is None:
            return match[0]
        return match[1] + MARK


def _assigned(stem: str, before: str) -> _Pattern:
    """A long token with a digit behind a name that ends with ``stem`` and ``:`` or ``=``, as in code and configuration."""
    expression = re.compile("(" + stem + r"[\"']?[ \t]{0,8}[:=][ \t]{0,8}[\"']?)" + _TOKEN)
    return _Pattern(":=", (stem,), expression, digit=True, before=re.compile(before + r"\Z", re.IGNORECASE))


_DIGIT = re.compile("[0-9]")
_BOUNDARY = r"(?:(?<![A-Za-z0-9])|(?<=\\[bfnrt]))"  # also after an escape: cut replies are searched as raw JSON
_START = f"({_BOUNDARY})"
_TOKEN = r"[A-Za-z0-9._~+/=-]{16,}"
_PATTERNS = (
    _Pattern(
        "-",
        ("PRIVATE KEY",),
        re.compile(r"()-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY.*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----|\Z)", re.DOTALL),
    ),
    _Pattern("-", ("sk-",), re.compile(_START + r"sk-[A-Za-z0-9_-]{12,}"), digit=True),
    _Pattern("-", ("eh-",), re.compile(_START + r"eh-[A-Za-z0-9]{40}(?![A-Za-z0-9])")),  # our own
    _Pattern("_", ("k_live_", "k_test_"), re.compile(_START + r"[prs]k_(?:live|test)_[A-Za-z0-9]{8,}")),
    _Pattern("A", ("AKIA", "ASIA"), re.compile(_START + r"A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])")),
    _Pattern("_", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), re.compile(_START + r"gh[pousr]_[A-Za-z0-9]{20,}")),
    _Pattern("_", ("github_pat_",), re.compile(_START + r"github_pat_[A-Za-z0-9_]{20,}")),
    _Pattern("-", ("glpat-",), re.compile(_START + r"glpat-[A-Za-z0-9_-]{16,}")),
    _Pattern("-", ("xox", "xapp-"), re.compile(_START + r"(?:xox[abceoprs]|xapp)-[A-Za-z0-9-]{10,}"), digit=True),
    _Pattern("z", ("AIza",), re.compile(_START + r"AIza[A-Za-z0-9_-]{30,}")),
    _Pattern("9", ("ya29.",), re.compile(_START + r"ya29\.[A-Za-z0-9_-]{16,}")),
    _Pattern("_", ("hf_",), re.compile(_START + r"hf_[A-Za-z0-9]{20,}")),
    _Pattern("_", ("npm_",), re.compile(_START + r"npm_[A-Za-z0-9]{30,}")),
    _Pattern("_", ("gsk_",), re.compile(_START + r"gsk_[A-Za-z0-9]{20,}")),
    _Pattern(
        "J",
        ("eyJ",),
        re.compile(r"((?<![A-Za-z0-9_-])|(?<=\\[bfnrt]))eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*)?"),
    ),
    *(
        _Pattern("Bb", (stem,), re.compile(f"({stem}[ \\t]{{1,8}})" + _TOKEN), digit=True, before=re.compile(_BOUNDARY + r"[Bb]\Z"))
        for stem in ("earer", "EARER")
    ),
    _Pattern(
        "z",
        ("uthorization",),
        re.compile(r"([Aa]uthorization[\"']?[ \t]{0,8}:?[ \t]{0,8}[\"']?[Bb](?:asic|ASIC)[ \t]{1,8})[A-Za-z0-9+/=]{8,}"),
    ),
    _Pattern("@", ("://",), re.compile(r"(://[^\s/:@\"'<>]{0,256}:)[^\s/@\"'<>]{1,256}(?=@)")),
    _Pattern(
        "=",
        ("=",),
        re.compile(
            r"([?&](?:api[_-]?key|key|access[_-]?token|token|auth|password|passwd|pwd|secret|client_secret|sig|signature|x-amz-signature"
            r"|x-amz-credential|x-amz-security-token)=)[^&#\s\"'<>]+",
            re.IGNORECASE,
        ),
    ),
    *(_assigned(stem, "(?:api|access|secret|private|subscription)[_-]?k") for stem in ("ey", "EY")),
    *(_assigned(stem, "(?:access|auth|refresh|api)[_-]?t") for stem in ("oken", "OKEN")),
    *(_assigned(stem, "client[_-]?s") for stem in ("ecret", "ECRET")),
)

_BY_MARKS = tuple(
    (marks[0], marks[-1], tuple((needle, pattern) for pattern in _PATTERNS if pattern.marks == marks for needle in pattern.needles))
    for marks in dict.fromkeys(pattern.marks for pattern in _PATTERNS)
)
_SHORTEST = 8  # no credential with what marks it as one is shorter; most strings of a request (roles, types) are


def without_credentials(text: str) -> str:
    """The text with each credential replaced by ``MARK``; what stands before it (``Bearer``, the user of a URL) stays."""
    if len(text) < _SHORTEST:
        return text
    for mark, other_mark, needles in _BY_MARKS:
        if mark in text or other_mark in text:
            for needle, pattern in needles:
                if needle in text:
                    text = pattern.apply(text)
    return text
