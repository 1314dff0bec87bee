"""The servers that direct hooks call: one that is down is left alone, and asked again with care."""

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
"""Calls in flight from which on a server that came back is believed to be well."""
_log = structlog.get_logger("gateway.workflows")


class DirectTarget:
    """One server. Nothing is counted while all is well: `troubled` is from a failure on that the
    server is to blame for, until there was none for some time.
    """

    __slots__ = ("__weakref__", "_breaker", "_failed", "_in_flight", "_name", "_now", "troubled")

    def __init__(self, name: str, now: Callable[[], float]) -> None:
        self.troubled = False
        self._name = name
        self._now = now
        self._breaker = Breaker(SLOTS, random.random)
        self._in_flight: set[str] = set()
        self._failed = 0.0

    def begin(self, run: str) -> None:
        """A call begins, of a troubled server. Raises Unavailable where it is left alone."""
        now = self._now()
        breaker = self._breaker
        if breaker.slots(now) < SLOTS and not breaker.free(now, len(self._in_flight)):
            raise Unavailable(
                "The workflow's server does not answer. Try again later.",
                retry_after(breaker.quiet_until - now),
                f"{self._name} failed again and again, and is left alone for some time",
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
            _log.warning("a workflow's server is left alone", target=self._name, seconds=seconds)
        elif after != before and after == "closed":
            _log.info("a workflow's server answers again", target=self._name)


class DirectTargets:
    """The servers of one worker, across generations, for as long as a hook calls them."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._known: WeakValueDictionary[str, DirectTarget] = WeakValueDictionary()

    def of(self, name: str) -> DirectTarget:
        """The one with a name, `scheme://host:port`."""
        target = self._known.get(name)
        if target is None:
            target = self._known[name] = DirectTarget(name, self._now)
        return target


def blames(failure: WorkflowFailure) -> bool:
    """Whether a failure is the server's, and not that of one request: a poisonous one must not
    stop others.
    """
    if isinstance(failure, Unsent):
        return False
    return failure.status_code is None or failure.status_code in BLAMED
