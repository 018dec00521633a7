"""Forms of English verbs: third person singular and base."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

IRREGULAR_BASE: Mapping[str, str] = MappingProxyType(
    dict(
        pair.split("/")
        for pair in [
            "goes/go",
            "does/do",
            "has/have",
            "dies/die",
            "lies/lie",
            "ties/tie",
            "vies/vie",
            "undergoes/undergo",
            "focuses/focus",
            "forgoes/forgo",
            "overdoes/overdo",
            "canvasses/canvass",
            "quizzes/quiz",
            "buses/bus",
            "belies/belie",
            "unties/untie",
            "axes/axe",
            "aches/ache",
            "caches/cache",
            "biases/bias",
        ]
    )
)
IRREGULAR_THIRD: Mapping[str, str] = MappingProxyType({base: third for third, base in IRREGULAR_BASE.items()})
LONG_ENDINGS = ("sses", "shes", "ches", "xes", "zzes", "oes")


def is_third_person(low: str) -> bool:
    """Whether a word looks like a verb in the third person singular."""
    return low.endswith("s") and not low.endswith(("ss", "us", "is")) and len(low) > 2


def base_form(low: str) -> str:
    """The base of a third-person form: ``tries`` → ``try``, ``watches`` → ``watch``, ``runs`` → ``run``."""
    if low in IRREGULAR_BASE:
        return IRREGULAR_BASE[low]
    if low.endswith("ies") and len(low) > 4:
        return low[:-3] + "y"
    if low.endswith(LONG_ENDINGS):
        return low[:-2]
    return low[:-1] if is_third_person(low) else low


def third_person(low: str) -> str:
    """The third person of a base form: ``try`` → ``tries``."""
    if low in IRREGULAR_THIRD:
        return IRREGULAR_THIRD[low]
    if low.endswith("y") and low[-2:-1] not in "aeiou":
        return low[:-1] + "ies"
    return low + ("es" if low.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")
