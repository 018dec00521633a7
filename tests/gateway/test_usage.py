import gzip
from collections.abc import Callable
from random import Random

import brotli
import pytest
import zstandard

from gateway.usage import ENCODED_BYTES, TAIL_BYTES, Tail, Usage, estimate


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
        (b'{"usage":{"prompt_tokens":7,"completion_tokens":9223372036854775807}}', None),
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


@pytest.mark.parametrize("size", [1000, 100_000])
def test_no_more_than_two_tails_are_kept(size: int) -> None:
    kept = tail(*[b"y" * size] * 500)
    assert sum(map(len, kept._pieces)) <= 2 * TAIL_BYTES


def test_what_a_cache_gave_is_part_of_the_input_in_every_dialect() -> None:
    openai = b'{"usage":{"prompt_tokens":100,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":64}}}'
    responses = b'{"usage":{"input_tokens":100,"input_tokens_details":{"cached_tokens":64},"output_tokens":5}}'
    anthropic = b'{"usage":{"input_tokens":30,"cache_read_input_tokens":64,"cache_creation_input_tokens":6,"output_tokens":5}}'
    assert {tail(text).usage() for text in (openai, responses, anthropic)} == {Usage(100, 5, False, cached=64)}


def test_a_long_stream_that_tells_its_input_first_and_its_output_last_is_counted_whole() -> None:
    start = b'data: {"type":"message_start","message":{"usage":{"input_tokens":25,"output_tokens":1}}}\n\n'
    delta = b'data: {"type":"content_block_delta","delta":{"text":"word"}}\n\n'
    end = b'data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":900}}\n\n'
    for pieces in ((start, *[delta] * 900, end), (start, delta, end), (start + delta * 900 + end,)):
        assert tail(*pieces, stream=True).usage() == Usage(25, 900, False)


def test_the_last_event_of_a_responses_stream_is_read_behind_a_long_output() -> None:
    event = b'data: {"type":"response.completed","response":{"output":["' + b"z" * 9000 + b'"],'
    event += b'"usage":{"input_tokens":7,"input_tokens_details":{"cached_tokens":0},"output_tokens":3,"total_tokens":10},"user":null}}\n\n'
    assert tail(event, stream=True).usage() == Usage(7, 3, False)


@pytest.mark.parametrize(
    ("encoding", "encode"), [(b"gzip", gzip.compress), (b"br", brotli.compress), (b"zstd", zstandard.ZstdCompressor().compress)]
)
def test_a_compressed_reply_is_read_when_all_of_it_was_kept(encoding: bytes, encode: Callable[[bytes], bytes]) -> None:
    usage = b'","usage":{"prompt_tokens":7,"completion_tokens":3}}'
    kept = Tail(encoding)
    for piece in batches(encode(b'{"text":"' + b"words " * 20_000 + usage)):
        kept.add(piece, stream=False)
    assert kept.usage() == Usage(7, 3, False)
    long = Tail(encoding)
    for piece in batches(encode(Random(1).randbytes(ENCODED_BYTES + 100) + usage)):
        long.add(piece, stream=False)
    assert long.usage() is None


def batches(text: bytes) -> list[bytes]:
    return [text[at : at + 500] for at in range(0, len(text), 500)]


@pytest.mark.parametrize("encoding", [b"gzip", b"rot13", b"br, gzip"])
def test_bytes_that_are_not_in_their_coding_say_nothing(encoding: bytes) -> None:
    kept = Tail(encoding)
    kept.add(b'{"usage":{"prompt_tokens":7}}', stream=False)
    assert kept.usage() is None


def test_an_estimate_counts_events_of_a_stream_and_bytes_of_other_replies() -> None:
    assert estimate(400, 4000, tail(b"data: 1\n\n", b"data: 2\n\n", stream=True).events) == Usage(100, 2, True)
    assert estimate(400, 80, 0) == Usage(100, 20, True)
