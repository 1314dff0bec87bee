"""How many runs are where, of all processes, as far as a dispatcher has to know."""

from __future__ import annotations

from collections import Counter, defaultdict

import msgspec

from gateway.runs.coding import STATES
from gateway.runs.postgres.local_state import LocalState
from gateway.runs.postgres.rows import NOW
from gateway.runs.postgres.session import Session
from gateway.runs.run import State

_OF = "SELECT hook, {state}, class, count(*), {due}, " + NOW + " FROM gateway.run"
_DUE = "extract(epoch FROM min(due))::float8"
_COUNT = " UNION ALL ".join(
    f"{_OF.format(state=state, due=due)} WHERE state={state} GROUP BY hook, class"
    for state, due in ((0, "NULL"), (1, _DUE), (2, "NULL"))
)
_DEAD = "SELECT hook, count(*) FROM gateway.run WHERE state=5 GROUP BY hook"
_BYTES = """SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c
    JOIN pg_namespace n ON n.oid=c.relnamespace WHERE n.nspname='gateway' AND c.relkind='r'"""
# Of others a user sees when their transactions began only as a member of pg_read_all_stats.
_BLOAT = (
    """SELECT (SELECT sum(n_dead_tup)::bigint FROM pg_stat_user_tables
        WHERE schemaname='gateway'),
    (SELECT extract(epoch FROM clock_timestamp()-min(xact_start))::float8 FROM pg_stat_activity
        WHERE backend_xmin IS NOT NULL AND pid<>pg_backend_pid()), """
    + NOW
)
Numbers = dict[tuple[State, bool], int]


async def count(session: Session, local: LocalState) -> None:
    """Let the dispatcher have the numbers that the database has."""
    local.moved = Counter()
    rows = await session.fetch(_COUNT)
    await local.names.know(session, {row[0] for row in rows})
    found: defaultdict[str, Numbers] = defaultdict(dict)
    due: dict[tuple[str, bool], float] = {}
    for hook, state, class_, number, first, _now in rows:
        name = local.names.name(hook)
        found[name][STATES[state], class_ == 1] = number
        if first is not None:
            due[name, class_ == 1] = first
            place = (name, class_ == 1)
            local.floors[place] = min(first, local.floors.get(place, first))
    if rows:
        local.clock.told(rows[0][5])
    for (name, state, again), change in local.moved.items():
        if not state.final:
            found[name][state, again] = found[name].get((state, again), 0) + change
    _tell(local, found, due)


def _tell(local: LocalState, found: dict[str, Numbers], due: dict[tuple[str, bool], float]) -> None:
    local.unfinished = sum(sum(numbers.values()) for numbers in found.values())
    for name in {*found, *local.dispatcher.agenda.queues}:
        queue = local.dispatcher.agenda.queue(name)
        first = [due.get((name, again), float("inf")) for again in (False, True)]
        queue.recount(found.get(name, {}), first)
        local.dispatcher.agenda.place(queue, local.now)


class Space(msgspec.Struct, frozen=True):
    """What the tables take: bytes on disk, versions of rows to be removed, and for how many seconds
    the oldest transaction has kept them from that.
    """

    used: int
    dead_rows: int
    oldest_xmin: float


async def all_numbers(local: LocalState, session: Session) -> Space:
    """The same with dead runs, for operators; and what all of it takes."""
    await count(session, local)
    rows = await session.fetch(_DEAD)
    await local.names.know(session, {row[0] for row in rows})
    dead = {local.names.name(hook): number for hook, number in rows}
    for name, queue in local.dispatcher.agenda.queues.items():
        queue.counts[State.DEAD] = dead.get(name, 0)
    [(size,)] = await session.fetch(_BYTES)
    [(rows_left, oldest, now)] = await session.fetch(_BLOAT)
    # Where there are no unfinished runs, nothing above has told the time.
    local.clock.told(now)
    return Space(int(size or 0), int(rows_left or 0), max(float(oldest or 0), 0.0))
