"""What keeps runs: one protocol, whatever the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from gateway.errors import Refusal
from gateway.runs.run import Accepted, Assignment, Duplicate, NewRun, Record, Result
from gateway.runs.selection import Changed, Detail, Page, Query, Selection
from gateway.runs.stats import Stats

RETRY_SOON = ((b"retry-after", b"5"),)
"""The headers of a StoreFull."""
RETRY_LATER = ((b"retry-after", b"30"),)
"""The headers of a StoreUnavailable."""
DOWN = "The request could not be stored. Send it again."
"""What callers read of a StoreUnavailable."""


class StoreFull(Refusal):
    """The store, or the hook's part of it, has no room for another run."""

    status, code, title = 503, "store-full", "No room for another run"


class StoreUnavailable(Refusal):
    """The store does not answer. A run that it was asked to keep may be stored."""

    status, code, title = 503, "store-unavailable", "The store is not available"


class RunStore(Protocol):
    """The runs of all hooks, as one worker sees them. Everything may raise StoreUnavailable.

    Of an ordered hook, a lane has at most one run that is queued or running. Its head is the run
    accepted first of those that are unfinished, and of the dead ones where the hook holds; a head
    that waits is queued in the transaction that made it the head.
    """

    async def accept(self, new: NewRun) -> Accepted | Duplicate:
        """Keep a run. Returns after it is durable. Raises StoreFull.

        A key that is expired or whose run is dead is taken over. Other keys outlive their runs:
        once purged, a run is still named, with the state that it ended in.
        """

    def deliver(
        self, start: Callable[[Assignment], None], stop: Callable[[str, int], None], credit: int
    ) -> None:
        """Ask for runs: `start` is called for each that is assigned to this process, which has at
        most `credit` at a time, those that it started itself included. `stop(run, attempt)` is
        called for one that is no longer this process's: it was cancelled.
        """

    async def report(self, result: Result) -> bool:
        """End an attempt. Durable when it returns; False: the run is somebody else's by now."""

    async def record(self, run: str) -> Record | None:
        """A run as it is, None where none has the id."""

    async def wait(self, run: str, seconds: float) -> Record | None:
        """A run as soon as it is final, or as its next attempt is later than the time that is left;
        as it is when the time is up. None where none has the id.
        """

    async def list(self, query: Query) -> Page:
        """Runs, newest first."""

    async def show(self, run: str) -> Detail | None:
        """Everything about one run but its payload."""

    async def payload(self, run: str) -> bytes | None:
        """The invocation of a run as it was accepted, encoded."""

    async def replay(self, which: Selection, *, anew: bool) -> Changed:
        """Let dead and cancelled runs go on under their ids, with all tries and a new `give_up`.

        `anew`: whatever the final state, start a copy under a new id, without a key, at the end of
        its lane; the run itself stays as it is.
        """

    async def cancel(self, which: Selection) -> Changed:
        """End runs that are unfinished. A dead one is cancelled as well where it holds its lane, or
        where the state that was chosen is dead.
        """

    async def stats(self) -> Stats:
        """Counts and gauges, without reading runs."""

    async def drain(self) -> None:
        """Take no more; return when nothing is assigned here."""

    async def close(self) -> None:
        """Leave the store. What is still assigned here is interrupted."""
