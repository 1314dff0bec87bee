"""Keeping runs, a batch at a time: keys, lanes, and whether they start at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from gateway.runs import lanes
from gateway.runs.coding import NUMBERS, STATES
from gateway.runs.postgres.local_state import Held, LocalState
from gateway.runs.postgres.moves import Lane, heads, lock
from gateway.runs.postgres.rows import NOW
from gateway.runs.postgres.session import Session
from gateway.runs.run import Accepted, Duplicate, NewRun, State

Answer = Accepted | Duplicate
_GIVEN = """WITH given AS (SELECT * FROM unnest($1::uuid[], $2::int[], $3::bytea[], $4::bytea[],
    $5::float8[], $6::bytea[], $7::float8[], $8::bytea[], $9::smallint[]) WITH ORDINALITY
    AS g(id, hook, invocation, gate, give_up, key, within, lane, state, place)), """
_TAKEN = """taken AS (INSERT INTO gateway.dedup(hook, key, run, expires)
    SELECT hook, key, id, now() + make_interval(secs => within) FROM given WHERE key IS NOT NULL
    ORDER BY hook, key, place ON CONFLICT DO NOTHING RETURNING run), """
_STORED = """stored AS (INSERT INTO gateway.run(id, hook, state, due, attempts, owner, accepted,
        give_up, started, lane, key, gate, size)
    SELECT id, hook, state, CASE state WHEN 1 THEN now() END, CASE state WHEN 2 THEN 1 ELSE 0 END,
        CASE state WHEN 2 THEN $10::bigint END, now(), now() + make_interval(secs => give_up),
        CASE state WHEN 2 THEN now() END, lane, key, gate, octet_length(invocation)
    FROM given {which} ORDER BY place RETURNING seq, id),
    bodies AS (INSERT INTO gateway.payload SELECT s.seq, g.invocation FROM stored s JOIN given g
        USING (id)) """
_RESULT = f"SELECT id::text, {NOW} FROM stored"
_ALL = _GIVEN + _STORED.format(which="") + _RESULT
_KEYED = (
    _GIVEN
    + _TAKEN
    + _STORED.format(which="WHERE key IS NULL OR id IN (SELECT run FROM taken)")
    + _RESULT
)
_HOLDERS = """SELECT g.place, d.run::text, coalesce(r.state, d.state)
    FROM unnest($1::int[], $2::bytea[]) WITH ORDINALITY AS g(hook, key, place)
    JOIN gateway.dedup d USING (hook, key) LEFT JOIN gateway.run r ON r.id=d.run
    WHERE d.expires > now() ORDER BY d.hook, d.key"""
# `WHERE false` changes nothing, but locks the rows that are there already.
_CLAIM = """INSERT INTO gateway.dedup AS d (hook, key, run, expires)
    SELECT hook, key, run, now() + make_interval(secs => within)
    FROM unnest($1::int[], $2::bytea[], $3::uuid[], $4::float8[]) AS g(hook, key, run, within)
    ORDER BY hook, key ON CONFLICT (hook, key) DO UPDATE SET run=d.run WHERE false
    RETURNING run::text"""
_TAKE = """UPDATE gateway.dedup d SET run=g.run, state=NULL,
    expires=now() + make_interval(secs => g.within)
    FROM unnest($1::int[], $2::bytea[], $3::uuid[], $4::float8[]) AS g(hook, key, run, within)
    WHERE d.hook=g.hook AND d.key=g.key"""
_DEAD = NUMBERS[State.DEAD]


class Asked(msgspec.Struct, eq=False):
    """A run to keep, and where it is to be if nothing stands against it. `full` is why there is no
    room for it, empty where there is.
    """

    new: NewRun
    full: str = ""
    state: State = State.QUEUED
    mark: int = 0
    """That of the attempt that begins, see `HookQueue.give_back`."""


async def keep(session: Session, local: LocalState, batch: Sequence[Asked]) -> dict[str, Answer]:
    """Store what can be stored; the answers by run. Where one is missing there was no room.

    `enter` tells the numbers of this process.
    """
    await local.names.add(session, (one.new.hook for one in batch))
    fitting = [one for one in batch if not one.full]
    hard = [one for one in fitting if one.new.lane is not None]
    answers: dict[str, Answer] = {}
    if easy := [one for one in fitting if one.new.lane is None]:
        answers = await _insert(session, local, easy, _KEYED)
        hard += [one for one in easy if one.new.id not in answers]
    if hard:
        answers |= await _keep_in_steps(session, local, hard)
    if full := [one for one in batch if one.full and one.new.key is not None]:
        answers |= await _holders(session, local, full)
    return answers


async def _insert(
    session: Session, local: LocalState, batch: Sequence[Asked], statement: str
) -> dict[str, Answer]:
    """Those that were stored."""
    if not batch:
        return {}
    news = [one.new for one in batch]
    rows = await session.fetch(
        statement,
        [new.id for new in news],
        [local.names.number(new.hook) for new in news],
        [new.invocation for new in news],
        [new.gate for new in news],
        [new.give_up for new in news],
        [new.key for new in news],
        [new.key_within for new in news],
        [new.lane for new in news],
        [NUMBERS[one.state] for one in batch],
        local.owner,
    )
    running = {one.new.id for one in batch if one.state is State.RUNNING}
    if rows:
        local.clock.told(rows[0][1])
    return {run: Accepted(run, int(run in running)) for run, _ in rows}


async def _keep_in_steps(
    session: Session, local: LocalState, batch: Sequence[Asked]
) -> dict[str, Answer]:
    """In one transaction: who has the keys, what is before them in their lanes, then the runs."""
    keyed = _first_of_each_key(batch)
    async with session.transaction():
        await lock(session, {lane for one in batch if (lane := _lane(local, one.new))})
        answers = await _take_keys(session, local, keyed)
        rest = [one for one in batch if one.new.id not in answers]
        unique = [one for one in rest if one.new.key is None or one in keyed]
        await _place(session, local, unique)
        answers |= await _insert(session, local, unique, _ALL)
    for one in rest:
        if one.new.id not in answers:
            # Another one of this batch has the key.
            first = next(k for k in keyed if _key(local, k.new) == _key(local, one.new))
            holder = answers[first.new.id]
            known = Duplicate(holder.run, first.state)
            answers[one.new.id] = holder if isinstance(holder, Duplicate) else known
    return answers


def _first_of_each_key(batch: Sequence[Asked]) -> list[Asked]:
    found: dict[tuple[str, bytes], Asked] = {}
    for one in batch:
        if one.new.key is not None:
            found.setdefault((one.new.hook, one.new.key), one)
    return list(found.values())


async def _take_keys(
    session: Session, local: LocalState, batch: Sequence[Asked]
) -> dict[str, Answer]:
    """Whose keys belong to other runs; the others have theirs now."""
    if not batch:
        return {}
    # New keys are inserted before anything is read, so that of two processes one waits.
    new = {run for (run,) in await session.fetch(_CLAIM, *_claims(local, batch))}
    known = [one for one in batch if one.new.id not in new]
    answers = await _holders(session, local, known) if known else {}
    if free := [one for one in known if one.new.id not in answers]:
        await session.fetch(_TAKE, *_claims(local, free))
    return answers


def _claims(local: LocalState, batch: Sequence[Asked]) -> tuple[list[Any], ...]:
    runs = [one.new.id for one in batch]
    return *_keys(local, batch), runs, [one.new.key_within for one in batch]


async def _holders(
    session: Session, local: LocalState, batch: Sequence[Asked]
) -> dict[str, Answer]:
    """Who has the keys of these. A dead run has none."""
    rows = await session.fetch(_HOLDERS, *_keys(local, batch))
    return {
        batch[place - 1].new.id: Duplicate(run, STATES[state])
        for place, run, state in rows
        if state not in (None, _DEAD)
    }


async def _place(session: Session, local: LocalState, batch: Iterable[Asked]) -> None:
    """Let those wait that are not the first of their lane."""
    ordered = [(lane, one) for one in batch if (lane := _lane(local, one.new))]
    found = await heads(session, [lane for lane, _ in ordered]) if ordered else {}
    states = {lane: [state for _, state in runs] for lane, runs in found.items()}
    for lane, one in ordered:
        before = states.setdefault(lane, [])
        if lanes.waits(before, local.ordered(lane[0])):
            one.state = State.WAITING
        before.append(one.state)


def _lane(local: LocalState, new: NewRun) -> Lane | None:
    return None if new.lane is None else (local.names.number(new.hook), new.lane)


def _key(local: LocalState, new: NewRun) -> tuple[int, bytes | None]:
    return local.names.number(new.hook), new.key


def _keys(local: LocalState, batch: Sequence[Asked]) -> tuple[list[int], list[bytes | None]]:
    return [local.names.number(one.new.hook) for one in batch], [one.new.key for one in batch]


def reserve(local: LocalState, asked: Asked) -> None:
    """Count a run before it is stored, so that those asked for at the same time see it."""
    new = asked.new
    if asked.full:
        return
    if new.start and local.may_start(new.hook):
        asked.state = State.RUNNING
        local.hold(new.id, Held(1, new.hook, False, new.lane is not None))
        asked.mark = local.dispatcher.agenda.queue(new.hook).mark
        local.reserved.add(new.id)
    else:
        local.enter(new.hook, State.QUEUED, False)


def settle(local: LocalState, asked: Asked, answer: Answer | None) -> None:
    """The run is stored as it was reserved, or otherwise, or not at all."""
    new, stored = asked.new, isinstance(answer, Accepted)
    local.reserved.discard(new.id)
    if asked.full:
        pass
    elif not stored or asked.state is State.WAITING:
        if asked.mark:
            local.dispatcher.agenda.queue(new.hook).give_back(1, asked.mark)
        if not local.let_go(new.id, 1):
            local.leave(new.hook, State.QUEUED, False)
        if stored:
            local.enter(new.hook, State.WAITING, False)
    elif asked.state is State.QUEUED:
        # It may be claimed from now on.
        local.enter(new.hook, State.QUEUED, False, due=local.now, count=0)
    if stored:
        local.counts.accepted[new.hook] += 1
    elif answer is not None:
        local.counts.duplicates[new.hook] += 1
