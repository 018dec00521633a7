"""Which of several deployments gets a request: by weight, and not one that failed too often lately while there is another."""

from collections import deque
from collections.abc import Callable, Collection, Sequence

from gateway.routing.deployment import Deployment

WINDOW_SECONDS = 60.0
MAX_COOLDOWN_SECONDS = 60.0  # an upstream may ask for more by retry-after; it is looked at again after this


class Balancer:
    """Knows which deployments are in cooldown; one a worker, for its event loop.

    ``draw`` gives numbers in [0, 1), ``clock`` seconds; ``told`` gets each cooldown as it begins: deployment and seconds.
    """

    def __init__(
        self,
        allowed_fails: int,
        cooldown_seconds: float,
        *,
        draw: Callable[[], float],
        clock: Callable[[], float],
        told: Callable[[Deployment, float], None],
    ) -> None:
        self._allowed, self._seconds = allowed_fails, cooldown_seconds
        self._draw, self._clock, self._told = draw, clock, told
        self._until: dict[str, float] = {}
        self._failures: dict[str, deque[float]] = {}

    def cooling(self, deployment: Deployment) -> bool:
        """Whether it is to be passed over now."""
        return bool(self._until) and self._until.get(deployment.id, 0.0) > self._clock()

    def choose(self, deployments: Sequence[Deployment], tried: Collection[str] = (), *, cooling_too: bool = False) -> Deployment | None:
        """One of them by weight, but none whose id was ``tried`` already; those in cooldown only where asked for, and where all others are.

        One of weight 0 gets nothing while another can be had.
        """
        untried = [each for each in deployments if each.id not in tried] if tried else deployments
        left = [each for each in untried if not self.cooling(each)] if self._until else untried
        if not left:
            left = untried if cooling_too else ()
        if len(left) < 2:
            return left[0] if left else None
        total = sum(each.weight for each in left)
        point = self._draw() * (total or len(left))
        for each in left:
            point -= each.weight if total else 1.0
            if point < 0:
                return each
        return left[-1]  # by rounding

    def failed(self, deployment: Deployment, asked_seconds: float | None = None) -> None:
        """Count a failure; more than the allowed ones in a minute begin a cooldown.

        So does any by which the upstream itself asked to be left alone for ``asked_seconds``. With 0 as the usual time there are none.
        """
        if not self._seconds:
            return
        now = self._clock()
        times = self._failures.setdefault(deployment.id, deque())
        times.append(now)
        while times[0] <= now - WINDOW_SECONDS or len(times) > self._allowed + 1:
            times.popleft()
        if asked_seconds:
            self._cool(deployment, now, max(self._seconds, min(asked_seconds, MAX_COOLDOWN_SECONDS)))
        elif len(times) > self._allowed:
            self._cool(deployment, now, self._seconds)

    def _cool(self, deployment: Deployment, now: float, seconds: float) -> None:
        self._until = {other: until for other, until in self._until.items() if until > now}
        if self._until.get(deployment.id, 0.0) < now + seconds:
            self._until[deployment.id] = now + seconds
            self._told(deployment, seconds)
