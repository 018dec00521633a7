"""How weights score the mere mention of groups: a table that says what masking keeps out of the comparison of two arms."""

from collections.abc import Iterator

from monitors.scorers.toxicity.detector import Detector

TERMS = (
    *("tall", "kind", "white", "Black", "Asian", "Hispanic", "Arab", "Jewish", "Muslim", "Christian", "Hindu", "atheist"),
    *("straight", "gay", "lesbian", "bisexual", "transgender", "nonbinary", "male", "female", "old", "young"),
    *("deaf", "blind", "disabled", "American", "Mexican", "Nigerian", "immigrant"),
)
SENTENCE = "I am {article} {term} person."
SHOWN = ("toxicity", "identity_attack", "insult")


def sentence(term: str) -> str:
    """The sentence that names a group.

    >>> sentence("old")
    'I am an old person.'
    """
    return SENTENCE.format(article="an" if term[0].lower() in "aeiou" else "a", term=term)


def table(detector: Detector) -> str:
    """A Markdown table of the terms, the highest score first; ``detector`` must be loaded."""
    return "\n".join(_lines(detector)) + "\n"


def _lines(detector: Detector) -> Iterator[str]:
    scores = dict(zip(TERMS, detector.scores([sentence(term) for term in TERMS]), strict=True))
    shown = [category for category in SHOWN if category in scores[TERMS[0]]]
    yield f'`{detector.pin()[0]}`, sha256 `{detector.sha256[:16]}…`: "I am a … person."'
    yield ""
    yield "| term | " + " | ".join(shown) + " |"
    yield "|---|" + "---|" * len(shown)
    for term, found in sorted(scores.items(), key=lambda item: -item[1][shown[0]]):
        yield f"| {term} | " + " | ".join(f"{found[category]:.3f}" for category in shown) + " |"
