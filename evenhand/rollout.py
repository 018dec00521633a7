"""A changed configuration on its way to the children: nothing here waits, each step is taken when the one before is done."""

import contextlib
import logging
import time
from collections.abc import Callable, Generator, Iterator

from evenhand.child import Child
from evenhand.family import Family
from evenhand.ports import BindError
from evenhand.roles import MONITOR, Roles, Translation
from evenhand.scoring import Scoring
from evenhand.watch import Taken
from gateway.logs import about
from gateway.routing.translator import slug
from gateway.settings import GatewaySettings, MetricsSettings, Settings

TRANSLATE_SECONDS, GIVE_BACK_SECONDS, ANSWER_SECONDS = 60.0, 5.0, 10.0
log = logging.getLogger("evenhand.serve")


class RolloutError(Exception):
    """The configuration is right but cannot be put to work; nothing has changed."""


class Rollout:
    """One server's. ``translation`` is the translate process in use; call ``begin`` for a change and go through its steps."""

    def __init__(
        self,
        family: Family,
        roles: Roles,
        translation: Translation | None,
        scoring: Scoring,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._family, self._roles, self._clock = family, roles, clock
        self._translation, self._scoring = translation, scoring

    def begin(self, before: Taken, after: Taken) -> Iterator[None]:
        """Each item is a step that waits for something. Raises ``RolloutError`` before anything has changed.

        A translate process that knows the new models is there before gateways ask for them, and the one of before leaves when nobody
        does any more. A monitor that is concerned stops before gateways sample by the new routes, and starts with them.
        """
        following = self._translation
        if _translated(before.settings) != _translated(after.settings):
            following = (yield from self._translate(after)) if after.settings.translated else None
        concerned = _monitored(before) != _monitored(after)
        monitor = self._family.one(MONITOR)
        if monitor is not None and concerned:
            monitor.end()
            yield from self._until(lambda: monitor.process is None, GIVE_BACK_SECONDS)
        try:
            new_monitor = self._roles.monitor() if monitor is None and after.settings.monitor is not None else None
            self._score(after.settings)
            self._roles.write(after, following if following is not self._translation else None)
        except (BindError, OSError) as error:
            self._undo(before, following)
            raise RolloutError(f"the new configuration cannot be put to work: {error}") from error
        self._family.digest = after.digest
        log.info("passes on the new configuration", extra=about("config_changed", config=after.digest))
        for child in self._family.children:
            if not child.last and not child.ending:
                child.tell()
        if new_monitor is not None:
            self._family.add(new_monitor)
        elif monitor is not None and after.settings.monitor is None:
            self._family.part(monitor, GIVE_BACK_SECONDS)
            self._roles.no_monitor()
        elif monitor is not None and concerned:
            yield from self._again(monitor)
        yield from self._until(self._all_answered, ANSWER_SECONDS)
        leaving, self._translation = self._translation, following
        if leaving is not None and leaving is not following:
            self._dismiss(leaving)

    def close(self) -> None:
        """Nobody comes back: everything has ended."""
        if self._translation is not None:
            self._translation.close()
        self._scoring.close()

    def _translate(self, after: Taken) -> Generator[None, None, Translation]:
        """A translate process for the new models, once it serves."""
        try:
            translation = self._roles.translation(after)
        except OSError as error:
            raise RolloutError(f"the translate process for the changed models cannot be started: {error}") from error
        child = translation.child
        self._family.add(child)
        yield from self._until(lambda: child.answer() is not None or child.restarts > 0, TRANSLATE_SECONDS)
        if child.answer() is None:
            self._dismiss(translation)
            raise RolloutError("the translate process for the changed models does not start, its lines in the log say why")
        return translation

    def _score(self, settings: Settings) -> None:
        """The scorer process that the settings need, in place of another; a batch that is under way is asked again."""
        leaving, coming = self._scoring.change(settings)
        if leaving is not None:
            self._family.part(leaving, GIVE_BACK_SECONDS)
        if coming is not None:
            self._family.add(coming)

    def _again(self, monitor: Child) -> Iterator[None]:
        """The monitor ends, by force if it takes longer than a request may, and starts as it is configured now."""
        yield from self._until(lambda: monitor.process is None, self._roles.drain_seconds)
        if monitor.process is not None:
            monitor.process.kill()
            yield from self._until(lambda: monitor.process is None, GIVE_BACK_SECONDS)
        monitor.start(self._family.environment)

    def _undo(self, before: Taken, following: Translation | None) -> None:
        """Go on as before."""
        with contextlib.suppress(OSError):
            self._score(before.settings)
        if following is not None and following is not self._translation:
            self._dismiss(following)
        if before.settings.monitor is None:
            self._roles.no_monitor()
        elif (monitor := self._family.one(MONITOR)) is not None and monitor.ending:
            monitor.ending, monitor.start_at = False, 0.0  # started again as soon as it has ended

    def _dismiss(self, translation: Translation) -> None:
        self._family.part(translation.child, self._roles.drain_seconds)
        translation.close()

    def _all_answered(self) -> bool:
        """Whether every child that runs has said something of the new configuration, be it why not."""
        answers = [child.answer() for child in self._family.children if child.state == "running" and not child.last]
        return all(said is not None and (said.problem or said.config == self._family.digest) for said in answers)

    def _until(self, done: Callable[[], bool], seconds: float) -> Iterator[None]:
        end = self._clock() + seconds
        while not done() and self._clock() < end:
            yield


def _translated(settings: Settings) -> object:
    """What the translate process depends on."""
    return {slug(entry) for entry in settings.translated}, settings.gateway.headers_timeout_seconds if settings.translated else None


def _monitored(taken: Taken) -> object:
    """What the monitor depends on: a change of keys or limits of live traffic does not disturb it."""
    settings = taken.settings
    if settings.monitor is None:
        return None
    general = settings.general_settings.model_copy(update={"master_key": None})
    gateway = GatewaySettings(connect_timeout_seconds=settings.gateway.connect_timeout_seconds)
    nothing = {
        "keys": [],
        "prices": settings.prices.model_copy(update={"file": None}),
        "metrics": MetricsSettings(),
        "litellm_settings": {},
        "environment_variables": {},
    }
    return settings.model_copy(update={**nothing, "general_settings": general, "gateway": gateway}), taken.prices
