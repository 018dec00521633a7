"""Words and gaps of a text."""

from hypothesis import given
from hypothesis import strategies as st

from monitors.rewrite.tokens import Tokens, folded, quoted_alone


@given(st.text(max_size=80))
def test_gaps_and_words_in_turn_are_the_text(text: str) -> None:
    tokens = Tokens(text)
    rebuilt = tokens.gaps[0] + "".join(word + gap for word, gap in zip(tokens.words, tokens.gaps[1:], strict=True))
    assert rebuilt == text
    assert all(text[tokens.start(i) : tokens.end(i)] == tokens.words[i] for i in range(tokens.count))


def test_apostrophes_hyphens_and_underscores_are_gaps() -> None:
    assert Tokens("she's mother-in-law her_id").words == ["she", "s", "mother", "in", "law", "her", "id"]


def test_decomposed_accents_belong_to_their_word() -> None:
    assert Tokens("Jose\u0301 came").words == ["Jose\u0301", "came"]
    assert folded("José") == folded("Jose\u0301") == "jose"


def test_sentences_start_behind_marks_and_line_breaks() -> None:
    tokens = Tokens("One two. Three\nFour (five")
    assert [tokens.starts_sentence(i) for i in range(tokens.count)] == [True, False, True, True, True]


def test_a_word_alone_in_quotes_is_spoken_about() -> None:
    tokens = Tokens('the word "her" in "her car", "x": "her", she\'s')
    assert [quoted_alone(tokens, i) for i, low in enumerate(tokens.lows) if low == "her"] == [True, False, False]
