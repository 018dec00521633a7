"""Content codings: reading a reply that the upstream has compressed, never more of it than asked for."""

import io
import zlib
from collections.abc import Callable

import brotli
import zstandard


class UndecodableError(ValueError):
    """A content coding that is unknown, or data that is not in it."""


def decoded(body: bytes, codings: str, limit: int) -> bytes:
    """At most ``limit`` bytes of the body behind its ``content-encoding``; a body that was cut is read as far as it goes.

    Raises ``UndecodableError``.
    """
    for coding in reversed(codings.split(",")):
        name = coding.strip().lower()
        if name in ("", "identity"):
            continue
        if (decode := _DECODERS.get(name)) is None:
            raise UndecodableError(f"the content coding {name[:32]!r} is not known here")
        try:
            body = decode(body, limit)
        except (zlib.error, brotli.error, zstandard.ZstdError) as error:
            raise UndecodableError(f"not {name}: {error}") from error
    return body[:limit]


def _gzip(body: bytes, limit: int) -> bytes:
    read = b""
    while body and len(read) < limit:  # a gzip file may have several members
        member = zlib.decompressobj(16 + zlib.MAX_WBITS)
        read += member.decompress(body, limit - len(read))
        body = member.unused_data
    return read


def _deflate(body: bytes, limit: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(body, limit)
    except zlib.error:  # some servers send it bare, without zlib's frame
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(body, limit)


def _brotli(body: bytes, limit: int) -> bytes:
    read: bytes = brotli.Decompressor().process(body, output_buffer_limit=limit)
    return read


def _zstd(body: bytes, limit: int) -> bytes:
    with zstandard.ZstdDecompressor(max_window_size=8 * 1024 * 1024).stream_reader(io.BytesIO(body), read_across_frames=True) as reader:
        return reader.read(limit)


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
