"""Running a client on one side or the other, and what may differ between the two."""

import os
import subprocess
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.integration.clients.upstream import Call, Upstream

KEY, REPLAY_KEY = "sk-of-the-client", "sk-of-the-replays"
QUESTION = "Should we invite Emily Clark to an interview? She has six years of practice."
PROGRAMS = Path(__file__).parent / "programs"
_OF_ONE_HOP = frozenset({b"connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade", b"proxy-connection"})
_ASKED_FRESH = _OF_ONE_HOP | {b"host", b"expect", b"content-length", b"x-request-id"}
_ANSWERED_FRESH = _OF_ONE_HOP | {b"date", b"x-evenhand-exchange-id", b"x-evenhand-error-origin"}
Headers = Iterable[tuple[bytes, bytes]]


def run(command: list[str], folder: Path, base: str, upstream: Upstream) -> tuple[str, list[Call]]:
    """What a client prints, told nothing but an address and a key, and what its upstream was asked meanwhile."""
    before = len(upstream.calls)
    told = {"PATH": os.environ["PATH"], "HOME": str(folder), "OPENAI_BASE_URL": base, "OPENAI_API_KEY": KEY}
    done = subprocess.run(command, env=told, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout, upstream.since(before, KEY)


def same_requests(through: list[Call], direct: list[Call]) -> bool:
    """Asserts that the upstream was asked the same on both sides: order, raw path and query, body, headers from end to end."""
    assert [(call.method, call.path, call.query) for call in through] == [(call.method, call.path, call.query) for call in direct]
    for one, other in zip(through, direct, strict=True):
        assert one.body == other.body
        assert _kept(one.headers, _ASKED_FRESH) == _kept(other.headers, _ASKED_FRESH)
    return bool(direct)


def answered_headers(headers: Headers) -> Counter[tuple[bytes, bytes]]:
    """The headers of a reply that must come from the upstream as they are."""
    return _kept(headers, _ANSWERED_FRESH)


def _kept(headers: Headers, fresh: frozenset[bytes]) -> Counter[tuple[bytes, bytes]]:
    return Counter((name, value) for name, value in headers if name not in fresh)
