"""The workflows of direct hooks: one that is down is left alone, and asked again with care."""

from __future__ import annotations

import random
from collections.abc import Callable
from weakref import WeakValueDictionary

import structlog

from gateway.errors import Unavailable, Unsent, WorkflowFailure
from gateway.runs.breaker import WINDOW, Breaker
from gateway.runs.schedule import BLAMED
from gateway.runtime.throttle import retry_after

SLOTS = 64
"""Calls in flight from which on a workflow that came back is believed to be well."""
_log = structlog.get_logger("gateway.workflows")


class DirectTarget:
    """A server as one hook calls it: another hook there may call what works. Nothing is counted
    while all is well: `troubled` is from a failure on that the server is to blame for, until there
    was none for some time.
    """

    __slots__ = ("__weakref__", "_failed", "_in_flight", "_labels", "_now", "_watch", "troubled")

    def __init__(self, hook: str, server: str, now: Callable[[], float]) -> None:
        self.troubled = False
        self._labels = {"hook": hook, "target": server}
        self._now = now
        self._watch: Breaker | None = None
        self._in_flight: set[str] = set()
        self._failed = 0.0

    @property
    def _breaker(self) -> Breaker:
        """Made at the first failure: most hooks never need one."""
        if self._watch is None:
            self._watch = Breaker(SLOTS, random.random)
        return self._watch

    def begin(self, run: str) -> None:
        """A call begins, of a troubled workflow. Raises Unavailable where it is left alone."""
        now = self._now()
        breaker = self._breaker
        if breaker.slots(now) < SLOTS and not breaker.free(now, len(self._in_flight)):
            raise Unavailable(
                "The workflow does not answer. Try again later.",
                retry_after(breaker.quiet_until - now),
                f"the workflow at {self._labels['target']} failed again and again, and is left "
                "alone for some time",
            )
        breaker.started(run)
        self._in_flight.add(run)

    def ended(self, run: str, blamed: bool | None, took: float) -> None:
        """A call ended after so many seconds; `blamed` is None where nobody knows."""
        now, breaker = self._now(), self._breaker
        self._in_flight.discard(run)
        before = breaker.position(now)
        breaker.ended(run, blamed, now, took)
        if blamed:
            self._failed, self.troubled = now, True
        elif breaker.slots(now) >= SLOTS and now - self._failed > WINDOW:
            self.troubled = False
        after = breaker.position(now)
        if after != before and after == "open":
            seconds = round(breaker.quiet_until - now, 1)
            _log.warning("a workflow is left alone", **self._labels, seconds=seconds)
        elif after != before and after == "closed":
            _log.info("a workflow answers again", **self._labels)


class DirectTargets:
    """What the hooks of one worker call, across generations, for as long as there is the hook."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._known: WeakValueDictionary[tuple[str, str], DirectTarget] = WeakValueDictionary()

    def of(self, hook: str, server: str) -> DirectTarget:
        """What a hook calls at a server, `scheme://host:port`."""
        target = self._known.get((hook, server))
        if target is None:
            target = self._known[hook, server] = DirectTarget(hook, server, self._now)
        return target


def blames(failure: WorkflowFailure) -> bool:
    """Whether a failure is the server's, and not that of one request: a poisonous one must not
    stop others.
    """
    if isinstance(failure, Unsent):
        return False
    return failure.status_code is None or failure.status_code in BLAMED
