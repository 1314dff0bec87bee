"""What operators do to many runs: a step at a time, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from gateway.ids import uuid7
from gateway.runs import lanes
from gateway.runs.changes import Done, span
from gateway.runs.coding import NUMBERS, is_id
from gateway.runs.endings import CANCELLED_RUNNING, cancelled, replayed
from gateway.runs.postgres.local_state import LocalState
from gateway.runs.postgres.moves import Lane, Moved, Step, enter, heads, lock, move
from gateway.runs.postgres.rows import COLUMNS, NOW, Kept, kept
from gateway.runs.postgres.session import Session
from gateway.runs.run import FINAL, State
from gateway.runs.selection import Changed, Selection

STEP = 200
"""Rows that one step reads."""
_NEWEST = "SELECT coalesce(max(seq), 0) FROM gateway.run"
_BY_ID = f"SELECT {COLUMNS} FROM gateway.run WHERE id = ANY($1::uuid[])"
_BY_ORDER = f"""SELECT {COLUMNS} FROM gateway.run WHERE seq > $1 AND seq <= $2
    AND ($3::int IS NULL OR hook=$3) {{dead}} ORDER BY seq LIMIT {STEP}"""
# The lock keeps the payload, which is copied next, from being removed with the run.
_COPY = f"""INSERT INTO gateway.run(id, hook, state, class, due, accepted, give_up, lane, gate,
        size, replay_of)
    SELECT $2, hook, $3, 1, CASE $3::smallint WHEN 1 THEN now() END, now(),
        now() + make_interval(secs => $4), lane, gate, size, id FROM gateway.run WHERE seq=$1
    FOR KEY SHARE RETURNING seq, {NOW}"""
_COPY_PAYLOAD = """INSERT INTO gateway.payload SELECT $1, invocation FROM gateway.payload
    WHERE seq=$2"""
_OVER = frozenset({State.DEAD, State.CANCELLED})
Run = Callable[[Callable[[Session], Awaitable[Any]]], Awaitable[Any]]
"""Does something with a connection, as `Link.run`."""
Fits = Callable[[Kept], bool]
Act = Callable[[Sequence[Kept], Session], Awaitable[list[str]]]
"""Changes runs; the ids to name, of those that were as they were expected."""


class Commands:
    """Changes of many runs. `stop` is called for an attempt that was cancelled."""

    def __init__(self, local: LocalState, run: Run, stop: Callable[[str, int], None]) -> None:
        self._local = local
        self._run = run
        self._stop = stop

    async def replay(self, which: Selection, anew: bool) -> Changed:
        """Let final runs go on, or copies of them."""
        if anew:
            return await self._change(which, lambda run: run.state in FINAL, self._copy)
        return await self._change(which, lambda run: run.state in _OVER, self._go_on)

    async def cancel(self, which: Selection) -> Changed:
        """End runs that are unfinished, and dead ones that are asked for or hold their lane."""
        fits = partial(self._may_be_cancelled, which)
        return await self._change(which, fits, partial(self._cancel, fits))

    def _may_be_cancelled(self, which: Selection, run: Kept) -> bool:
        if which.state is State.DEAD:
            return run.state is State.DEAD
        stands = run.state is State.DEAD and run.lane is not None
        return not run.state.final or (stands and self._local.ordered(run.hook) == "hold")

    async def _change(self, which: Selection, fits: Fits, act: Act) -> Changed:
        [(newest,)] = await self._run(lambda session: session.fetch(_NEWEST))
        after, last = span(which.after, newest)
        done = _Doing(which, fits)
        ids = [run for run in dict.fromkeys(which.runs) if is_id(run)]
        while True:
            rows = await self._run(partial(self._read, which, ids, after, last))
            chosen = done.choose([row for row in rows if which.runs or is_meant(row, which)])
            if chosen:
                named = await self._run(partial(act, chosen))
                for run in named:
                    done.done.change(run)
            if done.is_full:
                return done.done.told(f"{done.last}-{last}")
            del ids[:STEP]
            if not rows or (which.runs and not ids):
                return done.done.told()
            after = rows[-1].seq

    async def _read(
        self, which: Selection, ids: list[str], after: int, last: int, session: Session
    ) -> list[Kept]:
        if which.runs:
            order = {run: place for place, run in enumerate(ids)}
            rows = [kept(row) for row in await session.fetch(_BY_ID, ids[:STEP])]
            rows.sort(key=lambda row: order[row.id])
        else:
            await self._local.names.read(session)
            hook = (self._local.names.known(which.hook) or -1) if which.hook else None
            dead = "AND state=5" if which.state is State.DEAD else ""
            found = await session.fetch(_BY_ORDER.format(dead=dead), after, last, hook)
            rows = [kept(row) for row in found]
        await self._local.names.know(session, {row.hook for row in rows})
        return rows

    async def _move(self, session: Session, runs: Sequence[Kept], decide: Any) -> Moved:
        moved = await move(session, self._local, [run.seq for run in runs], decide, _lanes(runs))
        enter(self._local, moved)
        return moved

    async def _go_on(self, runs: Sequence[Kept], session: Session) -> list[str]:
        seen = {run.seq for run in runs}

        def decide(run: Kept, now: float) -> Step | None:
            if run.state not in _OVER:
                return None
            policy = self._local.policy(self._local.names.name(run.hook))
            # In a lane it waits first, and is queued in this transaction where it is the head.
            return Step(run=run, to=replayed(policy, now, waits=run.lane is not None))

        moved = await self._move(session, runs, decide)
        went = {s.run.id for s in moved.steps if s.run.seq in seen and s.run.state in _OVER}
        return [run.id for run in runs if run.id in went]

    async def _cancel(self, fits: Fits, runs: Sequence[Kept], session: Session) -> list[str]:
        def decide(run: Kept, now: float) -> Step | None:
            if not fits(run):
                return None
            to = cancelled(run.standing, self._local.policy(self._local.names.name(run.hook)), now)
            if run.state is not State.RUNNING:
                return Step(run=run, to=to)
            return Step(run=run, to=to, ended=True, outcome="cancelled", reason=CANCELLED_RUNNING)

        moved = await self._move(session, runs, decide)
        ended = {step.run.id: step for step in moved.steps if step.to.state is State.CANCELLED}
        for run, step in ended.items():
            if step.ended and step.run.owner == self._local.owner:
                self._stop(run, step.run.attempts)
        return [run.id for run in runs if run.id in ended]

    async def _copy(self, runs: Sequence[Kept], session: Session) -> list[str]:
        local, made = self._local, []
        async with session.transaction():
            await lock(session, _lanes(runs))
            for run in runs:
                copied, state = uuid7(), await self._place(session, run)
                give_up = local.policy(local.names.name(run.hook)).give_up
                rows = await session.fetch(_COPY, run.seq, copied, NUMBERS[state], give_up)
                if rows:
                    await session.fetch(_COPY_PAYLOAD, rows[0][0], run.seq)
                    made.append((run, copied, state, rows[0][1]))
        for run, _, state, now in made:
            local.enter(local.names.name(run.hook), state, True, now)
        return [copied for _, copied, _, _ in made]

    async def _place(self, session: Session, run: Kept) -> State:
        """Where a copy of a run begins: at the end of its lane."""
        if run.lane is None:
            return State.QUEUED
        found = await heads(session, [(run.hook, run.lane)])
        states = [state for _, state in found.get((run.hook, run.lane), [])]
        ordered = self._local.ordered(run.hook)
        return State.WAITING if lanes.waits(states, ordered) else State.QUEUED


class _Doing:
    """How far a change has come."""

    def __init__(self, which: Selection, fits: Fits) -> None:
        self.done = Done()
        self.last = 0
        self.is_full = False
        self._which = which
        self._fits = fits

    def choose(self, rows: Sequence[Kept]) -> list[Kept]:
        """Those that are to be changed, the others being counted."""
        which, chosen = self._which, []
        for row in rows:
            if not self._fits(row):
                continue
            self.done.matched += 1
            self.last = row.seq
            if which.gate is not None and row.gate != which.gate:
                self.done.differs += 1
            elif not which.dry_run:
                chosen.append(row)
            if self.done.matched == which.limit and not which.runs:
                self.is_full = True
                break
        return chosen


def _lanes(runs: Sequence[Kept]) -> set[Lane]:
    return {(run.hook, run.lane) for run in runs if run.lane is not None}


def is_meant(run: Any, which: Any) -> bool:
    """Whether state and time are those that are asked for."""
    return (
        (which.state is None or run.state is which.state)
        and (which.since is None or run.accepted >= which.since)
        and (which.until is None or run.accepted < which.until)
    )
