"""What this process holds, beside what the database says that it has: an answer may be lost, and an
operator or another process may have taken a run.
"""

from __future__ import annotations

from gateway.runs.postgres.local_state import Held, LocalState
from gateway.runs.postgres.session import Session
from gateway.runs.run import Assignment, State

_HELD = """SELECT id::text, attempts FROM gateway.run
    WHERE id = ANY($1::uuid[]) AND state+0=2 AND owner=$2"""
_MINE = "SELECT id::text, attempts FROM gateway.run WHERE state=2 AND owner=$1"
_TAKE = """SELECT r.id::text, r.hook, r.class, r.attempts, r.tries, r.lane IS NOT NULL,
    coalesce(p.invocation, '') FROM gateway.run r LEFT JOIN gateway.payload p USING (seq)
    WHERE r.id = ANY($1::uuid[]) AND r.state+0=2 AND r.owner=$2"""
Attempt = tuple[str, int]


class Reconciler:
    """Asks the database what of this process's attempts it knows."""

    def __init__(self, local: LocalState) -> None:
        self._local = local
        self._unknown: set[Attempt] = set()

    async def gone(self, session: Session) -> list[Attempt]:
        """The attempts that are no longer this process's."""
        before = self._stored()
        if not before:
            return []
        rows = await session.fetch(_HELD, [run for run, _ in before], self._local.owner)
        return list((before & self._stored()) - {(run, attempt) for run, attempt in rows})

    async def found(self, session: Session) -> list[Assignment]:
        """The attempts that this process did not know of.

        They have to be unknown twice: an answer may be on its way.
        """
        before = self._held()
        rows = {(run, attempt) for run, attempt in await session.fetch(_MINE, self._local.owner)}
        unknown = rows - before - self._held()
        again, self._unknown = unknown & self._unknown, unknown
        return await self._take(session, [run for run, _ in again]) if again else []

    def _held(self) -> set[Attempt]:
        return {(run, held.attempt) for run, held in self._local.holding.items()}

    def _stored(self) -> set[Attempt]:
        """Those that are in the database for certain, or were."""
        return {one for one in self._held() if one[0] not in self._local.reserved}

    async def _take(self, session: Session, runs: list[str]) -> list[Assignment]:
        local = self._local
        rows = await session.fetch(_TAKE, runs, local.owner)
        await local.names.know(session, {row[1] for row in rows})
        taken = []
        for run, number, class_, attempt, tries, in_lane, invocation in rows:
            if run not in local.holding:
                hook, again = local.names.name(number), class_ == 1
                # It was counted as somebody's until now.
                local.leave(hook, State.RUNNING, again)
                local.hold(run, Held(attempt, hook, again, in_lane))
                taken.append(Assignment(run, hook, attempt, tries, invocation))
        return taken
