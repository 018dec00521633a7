"""Which exchanges the monitor gets to see: a keyed hash of the exchange's id, never the client's choice but to opt out."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from gateway.exchange import Draw, Endpoint
from gateway.routing import Deployment
from gateway.settings import RouteSettings, Settings

NO_ROUTE = "_none"
REMEMBERED_KEYS = 10_000
_ENDPOINTS = frozenset(get_args(Endpoint))
_OPT_OUT, _RETRY, _IDEMPOTENCY = b"x-evenhand-sample", b"x-stainless-retry-count", b"idempotency-key"
_ASKED = frozenset({_OPT_OUT, _RETRY, _IDEMPOTENCY})


@dataclass(frozen=True, slots=True)
class Decision:
    """The route that an exchange belongs to (``_none`` without one), and its fate so far: None when it is sampled."""

    route: str
    fate: Literal["not_sampled", "ineligible"] | None


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A route that takes a model's traffic where the headers fit too, with its three possible decisions made in advance."""

    headers: tuple[tuple[bytes, bytes], ...]
    sampled: Decision
    not_sampled: Decision
    ineligible: Decision


_NO_ROUTE = _Candidate((), Decision(NO_ROUTE, "ineligible"), Decision(NO_ROUTE, "ineligible"), Decision(NO_ROUTE, "ineligible"))


class Sampler:
    """Decides once per request, in a few microseconds and almost without allocating; for one thread, as in an event loop."""

    def __init__(self, settings: Settings, secret: bytes, *, predecessor: "Sampler | None" = None) -> None:
        """``predecessor`` is the sampler of the configuration before, whose idempotency keys still count as seen."""
        self._draw = Draw(secret, "sample")
        self._rate = settings.monitor.sample_rate if settings.monitor else 0.0
        self._by_model = {entry.model_name: _candidates(settings, entry.model_name) for entry in settings.model_list}
        self._keys: _Seen = _Seen(REMEMBERED_KEYS) if predecessor is None else predecessor._keys

    def decide(self, exchange_id: str, endpoint: str, deployment: Deployment, headers: Sequence[tuple[bytes, bytes]]) -> Decision:
        """What becomes of an exchange; ``headers`` are the request's, names in lower case as ASGI gives them.

        A client's retry (``x-stainless-retry-count`` above 0, or an ``Idempotency-Key`` among the last seen by this process) and a
        request with ``x-evenhand-sample: never`` are not sampled, whatever the hash says.
        """
        route = self._route(deployment.model, headers)
        if route is _NO_ROUTE or endpoint not in _ENDPOINTS or not deployment.can_replay:
            return route.ineligible
        for name, value in headers:
            if name in _ASKED and self._declines(name, value):
                return route.not_sampled
        if not 0.0 < self._rate < 1.0:  # no need to draw
            return route.sampled if self._rate else route.not_sampled
        return route.sampled if self._draw(exchange_id) < self._rate else route.not_sampled

    def _declines(self, name: bytes, value: bytes) -> bool:
        if name == _IDEMPOTENCY:
            return self._keys.seen(value)
        if name == _RETRY:
            return value.strip().lstrip(b"0").isdigit()
        return value.strip().lower() == b"never"

    def _route(self, model: str, headers: Sequence[tuple[bytes, bytes]]) -> _Candidate:
        """The first route, in the order of the configuration, whose model and headers match."""
        for candidate in self._by_model.get(model, ()):
            if not candidate.headers or all(wanted in headers for wanted in candidate.headers):
                return candidate
        return _NO_ROUTE


def _candidates(settings: Settings, model: str) -> tuple[_Candidate, ...]:
    return tuple(_candidate(route) for route in settings.routes if not route.match.models or model in route.match.models)


def _candidate(route: RouteSettings) -> _Candidate:
    return _Candidate(
        tuple((name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in route.match.headers.items()),
        Decision(route.name, None),
        Decision(route.name, "not_sampled"),
        Decision(route.name, "ineligible"),
    )


class _Seen:
    """The last values shown to it, at least ``size`` and at most twice as many, as 16-byte hashes: a bound on memory."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._young: set[bytes] = set()
        self._old: set[bytes] = set()

    def seen(self, value: bytes) -> bool:
        """Whether it was shown before; it is remembered from now on."""
        key = hashlib.blake2b(value, digest_size=16).digest()
        if key in self._young or key in self._old:
            return True
        if len(self._young) >= self._size:
            self._old, self._young = self._young, set()
        self._young.add(key)
        return False
