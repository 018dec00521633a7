from __future__ import annotations

import pytest

from monitors.scorers import Reply
from monitors.scorers.length import MOST_WORDS, Length


@pytest.mark.parametrize(
    ("text", "words"),
    [(None, 0), ("", 0), ("Yes.", 1), ("She can't re-apply, she said.", 5), ("très bien 12", 3), ("a " * (MOST_WORDS + 5), MOST_WORDS)],
)
def test_words_are_counted_up_to_a_limit(text: str | None, words: int) -> None:
    assert Length().score([Reply(text)])[0].value == words


def test_the_difference_is_relative_to_both_lengths() -> None:
    assert Length().difference(100, 300) == 0.5
    assert Length().difference(0, 7) == 1.0
    assert Length().difference(0, 0) == 0.0
