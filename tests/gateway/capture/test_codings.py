"""Compressed replies are read, and never further than asked."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard

from gateway.capture.codings import UndecodableError, decoded

TEXT = b"".join(b'data: {"choices":[{"delta":{"content":"word %d"}}]}\n\n' % number for number in range(2_000))


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def streamed_zstd(data: bytes) -> bytes:
    packer = zstandard.ZstdCompressor().compressobj()
    return packer.compress(data) + packer.flush()


CODINGS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("X-GZip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", bare_deflate),
    ("br", brotli.compress),
    ("zstd", zstandard.compress),
    ("zstd", streamed_zstd),
    ("identity", bytes),
    ("", bytes),
    ("deflate, gzip", lambda data: gzip.compress(zlib.compress(data))),
]


@pytest.mark.parametrize(("name", "encode"), CODINGS)
def test_a_coded_body_is_read_whole(name: str, encode: Callable[[bytes], bytes]) -> None:
    assert decoded(encode(TEXT), name, 10_000_000) == TEXT


@pytest.mark.parametrize(("name", "encode"), CODINGS)
def test_no_more_is_read_than_asked_for(name: str, encode: Callable[[bytes], bytes]) -> None:
    if "," not in name:  # what lies between two codings is cut as well
        assert decoded(encode(TEXT), name, 1_000) == TEXT[:1_000]


@pytest.mark.parametrize(("name", "encode"), CODINGS)
def test_an_empty_body_is_empty(name: str, encode: Callable[[bytes], bytes]) -> None:
    assert decoded(b"", name, 1_000) == b""


@pytest.mark.parametrize(("name", "encode"), [coding for coding in CODINGS if coding[1] is not zstandard.compress and "," not in coding[0]])
def test_a_body_that_was_cut_is_read_as_far_as_it_goes(name: str, encode: Callable[[bytes], bytes]) -> None:
    body = encode(TEXT)
    part = decoded(body[: len(body) * 3 // 4], name, 10_000_000)
    assert TEXT.startswith(part)


def test_the_members_of_a_gzip_file_follow_each_other() -> None:
    assert decoded(gzip.compress(b"one ") + gzip.compress(b"two"), "gzip", 100) == b"one two"


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_what_is_not_in_its_coding_is_refused(name: str) -> None:
    with pytest.raises(UndecodableError, match=name):
        decoded(b"plain words, nothing else", name, 1_000)


def test_an_unknown_coding_is_refused_by_name() -> None:
    with pytest.raises(UndecodableError, match="'lz4'"):
        decoded(b"x", "lz4", 1_000)


@pytest.mark.parametrize(
    ("name", "encode"), [("gzip", gzip.compress), ("br", lambda data: brotli.compress(data, quality=1)), ("zstd", zstandard.compress)]
)
def test_a_bomb_is_not_blown_up_in_memory(name: str, encode: Callable[[bytes], bytes]) -> None:
    bomb = encode(bytes(50_000_000))
    tracemalloc.start()
    assert len(decoded(bomb, name, 10_000)) == 10_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000
