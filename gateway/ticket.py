"""The duties of one request, free of any server: let it in, find its deployment, rewrite its head, watch its reply, count it.

Whoever drives it calls ``admit``, ``known`` if it ``asks_for_models``, ``dispatch``, ``replied``, ``data`` … and ``end`` once, whatever
happened.
"""

import time
from typing import TYPE_CHECKING

from gateway import sse
from gateway.desk import Desk, Outgoing
from gateway.errors import GatewayError, invalid_request, no_websocket, upstream_failed
from gateway.heads import NOTED, Headers, reply_head, request_head
from gateway.keys import Key
from gateway.limits import not_allowed
from gateway.metrics import OTHER
from gateway.models import known_models
from gateway.routing import (
    Course,
    Deployment,
    Destination,
    Failure,
    InvalidBodyError,
    Place,
    ask_for_usage,
    not_json,
    place,
    renamed,
    requested_model,
    unrouted,
)
from gateway.upstream import origin
from gateway.usage import METERED, Tail, estimate

if TYPE_CHECKING:
    from gateway.capture import Recorder

MONITORED = frozenset({"chat_completions", "completions"})
_UPSTREAM_ERRORS = {401: "upstream_unauthenticated", 403: "upstream_forbidden", 404: "upstream_not_found", 429: "upstream_rate_limited"}


class Ticket:
    """One request; times are of the monotonic clock."""

    __slots__ = (
        "_asked",
        "_body",
        "_content_type",
        "_course",
        "_deployment",
        "_desk",
        "_destination",
        "_endpoint",
        "_first_at",
        "_head",
        "_headers",
        "_key",
        "_last",
        "_method",
        "_own_credentials",
        "_path",
        "_peek",
        "_place",
        "_query",
        "_recorder",
        "_reply",
        "_reply_bytes",
        "_request_bytes",
        "_request_id",
        "_started",
        "_stream",
        "_tail",
        "can_tell",
        "error",
        "exchange_id",
        "fields",
        "length",
        "model",
        "origin",
        "status",
    )

    def __init__(self, desk: Desk, method: str, raw_path: bytes, query: bytes, headers: Headers) -> None:
        self._started = time.perf_counter()
        self._desk, self._method, self._path, self._query, self._headers = desk, method.encode(), raw_path, query, headers
        self.fields = [header for header in headers if header[0] in NOTED]  # those that are more than passed on
        self.exchange_id = next(desk.ids)
        self.model = self._endpoint = OTHER
        self._place: Place | None = None
        self._asked: str | None = None  # the model's name in the request
        self._body: bytes | None = None  # until the exchange has been decided on
        self._content_type = b""
        self._destination: Destination | None = None
        self._course: Course | None = None
        self._deployment: Deployment | None = None
        self._key: Key | None = None
        self._own_credentials: tuple[bytes, ...] = ()  # headers that carried keys of the gateway's
        self._request_id: bytes | None = None
        self._recorder: Recorder | None = None
        self._reply: Headers = ()
        self._last = b""
        self._tail: Tail | None = None
        self._stream = False
        self._request_bytes = self._reply_bytes = 0
        self._first_at = 0.0
        self._peek: bytes | None = None
        self.status, self.origin, self.error = 499, "client", "caller_closed"  # until somebody answers
        self.length: int | None = None  # of the reply's body, where its headers say so
        self.can_tell = False  # an error can still be told within the stream
        desk.metrics.open_requests += 1

    def admit(self) -> None:
        """Path and key are acceptable. Raises ``GatewayError``."""
        self._place = found = place(self._path)
        if found is None:
            raise invalid_request("The path must begin with / and contain no dot segments.", code="invalid_path")
        self._endpoint = found.endpoint
        if (caller := self._desk.auth.check(self.fields)) is not None:
            self._own_credentials, self._key = caller
        if (b"upgrade", b"websocket") in self.fields:
            raise no_websocket()

    @property
    def asks_for_models(self) -> bool:
        """Whether the request is one for the models there are, which ``known`` may answer."""
        return self._endpoint == "models" and self._method == b"GET" and self._place is not None and not self._place.azure

    async def known(self) -> bytes | None:
        """The models there are, or one of them; None where the upstream has to answer. Raises ``GatewayError`` 404."""
        assert self._place is not None
        return await known_models(self._desk.router, self._desk.listings, self._place, self._key)

    def dispatch(self, body: bytes) -> Outgoing:
        """Find the deployment and write the upstream's request. Raises ``GatewayError``."""
        assert self._place is not None
        began = time.perf_counter()
        for name, value in self.fields:
            if name == b"content-type":
                self._content_type = value
        try:
            named = requested_model(body, self._content_type)
        except InvalidBodyError as error:
            raise _unreadable(error) from error
        self._asked = asked = named or self._place.model
        try:
            destination = self._desk.router.find(asked)
        except GatewayError:
            if asked is not None:
                raise
            raise unrouted(self._method.decode(), self._path, body) from None
        if destination.only is None and (named is None or self._place.azure):
            # Azure's paths name a model for each call, others without one ask for what an earlier request left with the upstream
            destination = destination.without_fallbacks() if self._place.azure else destination.fixed()
        self.model = destination.first.model
        if self._key is not None:
            if not self._key.allows(asked, self.model):
                raise not_allowed(asked or self.model)
            self._desk.books.admit(self._key, self.model)
        self._body, self._destination = body, destination
        if (deployment := destination.only) is None:
            self._course = Course(destination, self._desk.balancer, self._desk.retries)
            deployment = self._course.start()
        outgoing = self._addressed(deployment, body)
        self._desk.metrics.overhead_request.observe(time.perf_counter() - began)
        return outgoing

    def again(self, failure: Failure) -> tuple[Outgoing, float] | None:
        """The request for another try after ``failure``, and the seconds to wait before; None when there is none."""
        if failure.status == 429 and self._deployment is not None:
            self._desk.busy.note(self._deployment.id, failure.wait_seconds)
        assert self._destination is not None
        if self._course is None:
            self._course = Course(self._destination, self._desk.balancer, self._desk.retries)
            self._course.start()
        following = self._course.after(failure)
        if following is None:
            return None
        assert self._body is not None
        self.retried()
        return self._addressed(following.deployment, self._body), following.wait_seconds

    def settle_for(self, deployment: Deployment) -> None:
        """The reply that counts is this deployment's, after all."""
        self._deployment, self.model = deployment, deployment.model

    def _addressed(self, deployment: Deployment, body: bytes) -> Outgoing:
        """The request as a deployment gets it."""
        assert self._place is not None
        self.settle_for(deployment)
        if self._asked is not None and deployment.upstream_model not in (None, self._asked) and not self._place.azure:
            body = renamed(body, self._content_type, str(deployment.upstream_model))
        if deployment.include_usage and self._endpoint in MONITORED:
            body = ask_for_usage(body)
        to = self._desk.origins.get(deployment.api_base) or self._desk.origins.setdefault(deployment.api_base, origin(deployment.api_base))
        self._request_bytes = len(body)
        head = request_head(
            self._method,
            (to, self._place, self._query),
            self._headers,
            self.fields,
            deployment,
            withheld=self._own_credentials,
            request_id=self.request_id,
            length=len(body),
        )
        return Outgoing(to, self._method, head, body, deployment)

    def replied(self, status: int, headers: Headers, arrived: float) -> list[tuple[bytes, bytes]]:
        """The upstream has answered, at ``arrived``: the headers for the client. Raises ``GatewayError`` for a status that is none."""
        if status > 599:
            raise upstream_failed("headers", f"The upstream answered with status {status}.")
        self._sample()
        self.status, self.origin, self._reply = status, "upstream", headers
        self.error = "" if status < 400 else _UPSTREAM_ERRORS.get(status, "upstream_4xx" if status < 500 else "upstream_5xx")
        passed, self._stream, encoding, self.length, identified = reply_head(status, headers)
        if not identified:
            passed.append((b"x-request-id", self.request_id))
        passed.append((b"x-evenhand-exchange-id", self.exchange_id.encode()))
        if status >= 400:
            passed.append((b"x-evenhand-error-origin", b"upstream"))
        self.can_tell = self._stream and not encoding and self.length is None
        self._peek = b"" if self._stream and not encoding else None
        if status < 300 and self._endpoint in METERED:
            self._tail = Tail(encoding)
        self._desk.metrics.overhead_reply.observe(time.perf_counter() - arrived)
        return passed

    def data(self, piece: bytes) -> None:
        """Bytes of the reply are about to go out."""
        if self._recorder is not None:
            self._recorder.data(piece)
        if self._tail is not None:
            self._tail.add(piece, stream=self._stream)
        if self._peek is not None:
            self._judge_first_event(piece)
        if self._stream and not self._reply_bytes:
            self._first_at = time.perf_counter()
            self._desk.metrics.first_token(self.model, self._endpoint, self._first_at - self._started, self.exchange_id)
        self._reply_bytes += len(piece)
        self._last = piece

    def _judge_first_event(self, piece: bytes) -> None:
        self._peek = (self._peek or b"") + piece
        if sse.holds_event(self._peek):
            if sse.opens_with_error(self._peek) and not self.error:
                self.error = "upstream_stream_error"
            self._peek = None

    def failed(self, error: GatewayError) -> bytes:
        """The upstream failed within its reply: what to tell the client, empty where nothing can be told any more."""
        self.error = error.label
        self._name_upstream(error)
        chosen = self._destination is not None and self._destination.only is None
        if chosen and self._deployment is not None and error.label.startswith("upstream_"):
            self._desk.balancer.failed(self._deployment)
        return sse.error_event(error, self._last) if self.can_tell else b""

    def refused(self, error: GatewayError) -> list[tuple[bytes, bytes]]:
        """The gateway answers itself: the headers for the client, who gets ``error.body()``."""
        self.status, self.origin, self.error = error.status, "gateway", error.label
        self._name_upstream(error)
        return [*self._own_headers(), (b"x-evenhand-error-origin", b"gateway"), *error.headers]

    def _name_upstream(self, error: GatewayError) -> None:
        """Say in an upstream's failure which one it was, as it stands in the configuration."""
        if self._deployment is not None and error.label.startswith("upstream_"):
            error.message = f"{error.message.rstrip('.')} ({self.model}: {self._deployment.shown})."

    def answered(self) -> list[tuple[bytes, bytes]]:
        """The gateway answers from what it knows: the headers for the client."""
        self.status, self.origin, self.error = 200, "gateway", ""
        return self._own_headers()

    def left(self) -> None:
        """The client closed its connection first."""
        self.status, self.origin, self.error = 499, "client", "caller_closed"

    def retried(self) -> None:
        """The request is being sent again."""
        self._desk.metrics.retried(self.model)

    def end(self, *, complete: bool) -> None:
        """Count the request; ``complete`` says that the client got the whole reply. Call it once, last."""
        metrics = self._desk.metrics
        self._sample()
        if self._recorder is not None:
            self._recorder.finish(self.status, self._reply, truncated=not complete)
        metrics.open_requests -= 1
        seconds = time.perf_counter() - self._started
        metrics.ended(self.model, self._endpoint, self.status, self.origin, self.error, seconds, self.exchange_id)
        if self.error or self._desk.journal.every_request:
            self._desk.journal.ended(
                exchange_id=self.exchange_id,
                model=self.model,
                deployment=self._deployment.id if self._deployment is not None else None,
                upstream=self._deployment.address if self._deployment is not None else None,
                endpoint=self._endpoint,
                status=self.status,
                origin=self.origin,
                error=self.error,
                key=self._key.name if self._key is not None else None,
                seconds=seconds,
            )
        if self._tail is not None and self._reply_bytes:
            self._meter(self._tail)

    def _meter(self, tail: Tail) -> None:
        """Count tokens, and how fast they came in a stream."""
        used = tail.usage() or estimate(self._request_bytes, self._reply_bytes, tail.events)
        metrics = self._desk.metrics
        metrics.tokens(self.model, self._endpoint, used)
        upstream_model = self._deployment.upstream_model if self._deployment is not None else None
        self._desk.charge(self._key, self.model, upstream_model, used)
        tokens = tail.events if used.estimated else used.output
        if self._stream and tokens > 1:
            metrics.per_token(self.model, self._endpoint, (time.perf_counter() - self._first_at) / (tokens - 1))

    @property
    def request_id(self) -> bytes:
        """The client's ``x-request-id``, or one made from the exchange's id."""
        if self._request_id is None:
            own = b"req_" + self.exchange_id[3:].encode()
            self._request_id = next((value for name, value in self.fields if name == b"x-request-id"), own)
        return self._request_id

    def _own_headers(self) -> list[tuple[bytes, bytes]]:
        return [
            (b"content-type", b"application/json"),
            (b"x-request-id", self.request_id),
            (b"x-evenhand-exchange-id", self.exchange_id.encode()),
        ]

    def _sample(self) -> None:
        """Decide, once, whether the monitor gets to see the exchange: when it is known which deployment serves it, or that none does."""
        deployment, body = self._deployment, self._body
        if deployment is None or body is None:
            return
        self._body = None
        if self._endpoint not in MONITORED or self._method != b"POST":
            return
        desk, model = self._desk, deployment.model
        desk.metrics.seen(model)
        if desk.sampler is None or desk.handoff is None or (self._place is not None and self._place.azure):
            desk.metrics.decided(model, "_none", "ineligible")
            return
        decision = desk.sampler.decide(self.exchange_id, self._endpoint, deployment, self._headers)
        if decision.fate is not None:
            desk.metrics.decided(model, decision.route, decision.fate)
            return
        self._recorder = desk.handoff.recorder(
            exchange_id=self.exchange_id,
            endpoint=self._endpoint,
            deployment=deployment,
            route=decision.route,
            request_body=body,
            headers=self._headers,
            waited_seconds=time.perf_counter() - self._started,
        )


def _unreadable(error: InvalidBodyError) -> GatewayError:
    if "model" in str(error):
        return invalid_request("Invalid type for 'model': expected a string.", code="invalid_type", param="model")
    return not_json(str(error))
