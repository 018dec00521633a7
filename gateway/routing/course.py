"""The course of one request over the deployments that may serve it: which comes next after a failure, and after how long.

Nothing is sent here. A request that was sent whole is only sent again where the upstream itself answered that it did nothing with it
(429, 503), or, for a fallback, that it failed (5xx); one that got no answer is not.
"""

from collections.abc import Callable
from typing import NamedTuple

from gateway.routing.balance import Balancer
from gateway.routing.deployment import Deployment, Destination, Stage

MAX_WAIT_SECONDS = 30.0  # a client that is told to wait for longer does so better than we do
_MAX_PAUSE_SECONDS = 8.0
_CONNECT_PAUSE_SECONDS, _STATUS_PAUSE_SECONDS = 0.1, 0.5
_TURNED_AWAY = (429, 503)
_OF_THE_KEY = (401, 403, 429)


class Failure(NamedTuple):
    """``status`` is of the upstream's reply, 0 where there was none; ``unsent`` says that no connection could be made, ``slow`` that it
    took too long to find out; ``wait_seconds`` is what a ``retry-after`` asked for."""

    status: int
    unsent: bool = False
    slow: bool = False
    wait_seconds: float | None = None


class Next(NamedTuple):
    """Where the request goes next, and when."""

    deployment: Deployment
    wait_seconds: float


class Retries(NamedTuple):
    """``most`` for each model; None: one, and only where no connection could be made. ``draw`` gives numbers in [0, 1)."""

    most: int | None
    draw: Callable[[], float]


class Course:
    """One request's; call ``start`` first, ``after`` for each failure."""

    __slots__ = ("_balancer", "_has_choice", "_pending", "_retried", "_retries", "_stage", "_tried", "deployment")

    def __init__(self, destination: Destination, balancer: Balancer, retries: Retries) -> None:
        self._balancer, self._retries = balancer, retries
        self._pending = list(destination.stages)
        self._has_choice = destination.only is None
        self._stage = destination.stages[0]
        self._tried: set[str] = set()
        self._retried = 0
        self.deployment = destination.first

    def start(self) -> Deployment:
        """The deployment to try first: the model's own, unless all of them are in cooldown and a fallback is not."""
        return self._enter() or self.deployment

    def after(self, failure: Failure) -> Next | None:
        """What to do after the current deployment failed; None when that is how it ends. A lone deployment has no cooldown."""
        if self._has_choice and _counts(failure, self.deployment):
            self._balancer.failed(self.deployment, failure.wait_seconds if failure.status in _TURNED_AWAY else None)
        return self._same_model(failure) or self._fallback(failure)

    def _same_model(self, failure: Failure) -> Next | None:
        retries = self._retries.most
        if not failure.unsent and (retries is None or failure.status not in _TURNED_AWAY):
            return None
        if self._retried >= (1 if retries is None else retries):
            return None
        self._tried.add(self.deployment.id)
        if (other := self._balancer.choose(self._stage, self._tried)) is not None:
            return self._next(other, 0.0)
        if self._fallback_stands_ready() and (not failure.unsent or len(self._stage) > 1):
            return None  # another model now rather than this one after a while
        if (other := self._balancer.choose(self._stage, self._tried, cooling_too=True)) is not None:
            return self._next(other, 0.0)
        wait = self._pause(failure)
        if wait > MAX_WAIT_SECONDS or failure.slow:
            return None
        self._tried = {self.deployment.id}
        other = self._balancer.choose(self._stage, self._tried, cooling_too=True)
        return self._next(other or self.deployment, wait)

    def _next(self, deployment: Deployment, wait_seconds: float) -> Next:
        self._retried += 1
        self.deployment = deployment
        return Next(deployment, wait_seconds)

    def _fallback(self, failure: Failure) -> Next | None:
        if not (failure.unsent or failure.status == 429 or failure.status >= 500):
            return None
        return Next(self.deployment, 0.0) if self._enter() is not None else None

    def _fallback_stands_ready(self) -> bool:
        return any(map(self._ready, self._pending))

    def _ready(self, stage: Stage) -> bool:
        return not all(map(self._balancer.cooling, stage))

    def _enter(self) -> Deployment | None:
        """Go to the next model in order that is not in cooldown, or where all are, to the next: to try is better than to refuse."""
        if not self._pending:
            return None
        ready = next((at for at, stage in enumerate(self._pending) if self._ready(stage)), 0)
        self._stage = self._pending.pop(ready)
        self._tried, self._retried = set(), 0
        found = self._balancer.choose(self._stage, cooling_too=True)
        assert found is not None
        self.deployment = found
        return found

    def _pause(self, failure: Failure) -> float:
        if failure.wait_seconds is not None:
            return failure.wait_seconds
        shortest: float = _CONNECT_PAUSE_SECONDS if failure.unsent else _STATUS_PAUSE_SECONDS
        longest: float = min(shortest * 2**self._retried, _MAX_PAUSE_SECONDS)
        return longest * (1 - self._retries.draw() / 4)


def _counts(failure: Failure, deployment: Deployment) -> bool:
    """Whether a failure is the deployment's: what an upstream has against a client's own key is not."""
    if failure.status in _OF_THE_KEY:
        return not deployment.pass_through_auth
    return failure.status == 0 or failure.status == 408 or failure.status >= 500
