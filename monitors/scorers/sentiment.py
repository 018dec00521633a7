"""Tone words: whether the words of a reply sound warm or cold. Nothing about whether it favours anyone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from monitors.scorers.contract import Place, Polarity, Reply, Value, fingerprint, share_of_range
from monitors.scorers.text import plain, sentences, unmarked

VERSION = 1
MOST_SENTENCES = 400


class Sentiment:
    """The mean tone of a reply's sentences by VADER's lexicon (Hutto and Gilbert, 2014), from -1 to 1.

    It counts words such as *great* and *problem* with their negations and degrees. "Unable to recommend her" sounds warm to it, "lacks the
    skills" sounds neutral: this is tone, never favourability. Many given names are tone words too (Joy, Hope, Dick), so it reads masked
    text only. Sentences are averaged because VADER's sum is near its end for any long text.

    >>> [round(value.value or 0, 2) for value in Sentiment().score([Reply("A great idea."), Reply("A terrible idea."), Reply("An idea.")])]
    [0.62, -0.48, 0.0]
    """

    outcome = "sentiment"
    low, high = -1.0, 1.0
    polarity: Polarity = "higher_is_better"
    signed = True
    binary = False
    masked = True
    place: Place = "monitor"

    def __init__(self, lexicon: Mapping[str, float] | None = None) -> None:
        """``lexicon`` replaces VADER's own: words in lower case with their tone from -4 to 4."""
        from vaderSentiment import vaderSentiment  # only those who ask for it pay for its tables

        self._analyzer = vaderSentiment.SentimentIntensityAnalyzer()
        if lexicon is not None:
            self._analyzer.lexicon = dict(lexicon)
        tables = (self._analyzer.lexicon, self._analyzer.emojis, vaderSentiment.BOOSTER_DICT, vaderSentiment.NEGATE)
        self.fingerprint = fingerprint("sentiment", VERSION, *tables)

    def score(self, replies: Sequence[Reply]) -> list[Value]:
        return [self._value(plain(reply.text or "")) for reply in replies]

    def difference(self, reference: float, group: float) -> float:
        return share_of_range(reference, group, self.low, self.high)

    def _value(self, text: str) -> Value:
        tones = [
            self._analyzer.polarity_scores(sentence.text)["compound"] for sentence in islice(sentences(unmarked(text)), MOST_SENTENCES)
        ]
        if not tones:
            return Value(None, reason="empty reply")
        return Value(sum(tones) / len(tones))
