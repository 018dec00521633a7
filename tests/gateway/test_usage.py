import pytest

from gateway.usage import TAIL_BYTES, Tail, Usage, estimate


def tail(*pieces: bytes, stream: bool = False) -> Tail:
    kept = Tail()
    for piece in pieces:
        kept.add(piece, stream=stream)
    return kept


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            b'{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":0}}}',
            Usage(7, 3, False),
        ),
        (b'{"usage": {"input_tokens": 7, "output_tokens": 3}}', Usage(7, 3, False)),
        (
            b'data: {"usage":null}\n\ndata: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}}\n\ndata: [DONE]\n\n',
            Usage(7, 3, False),
        ),
        (b'{"data":[],"usage":{"prompt_tokens":7,"total_tokens":7}}', Usage(7, 0, False)),
        (b'{"content":"\\"usage\\":{\\"prompt_tokens\\":9}"}', None),
        (b'{"usage":{"prompt_tokens":"many"}}', None),
        (b'{"usage":{"prompt_tokens":-4}}', None),
        (b'{"usage":{broken}}', None),
        (b"", None),
    ],
)
def test_usage_is_read_from_the_end_of_a_reply(text: bytes, expected: Usage | None) -> None:
    assert tail(text).usage() == expected


@pytest.mark.parametrize("size", [1, 7, 100, 5000])
def test_it_does_not_matter_how_the_reply_was_cut(size: int) -> None:
    text = b"x" * 20_000 + b'{"usage":{"prompt_tokens":7,"completion_tokens":3}}'
    assert tail(*(text[at : at + size] for at in range(0, len(text), size))).usage() == Usage(7, 3, False)


def test_no_more_than_the_tail_is_kept() -> None:
    kept = tail(*[b"y" * 1000] * 500)
    assert sum(map(len, kept._pieces)) < TAIL_BYTES + 1000


def test_an_estimate_counts_events_of_a_stream_and_bytes_of_other_replies() -> None:
    assert estimate(400, 4000, tail(b"data: 1\n\n", b"data: 2\n\n", stream=True).events) == Usage(100, 2, True)
    assert estimate(400, 80, 0) == Usage(100, 20, True)
