"""What workers and time do to runs, one transaction each."""

from __future__ import annotations

import math
from collections.abc import Iterator

from gateway.runs.endings import INTERRUPTED, ended, expired, lost
from gateway.runs.hook_queue import Claim
from gateway.runs.memory.row import Row
from gateway.runs.memory.table import UNFINISHED, Key, Table
from gateway.runs.run import Accepted, Assignment, Duplicate, NewRun, Result, State
from gateway.runs.store import RETRY_SOON, StoreFull


def accept(table: Table, session: int, new: NewRun) -> Accepted | Duplicate:
    """Keep a run, or say which one has its key. Raises StoreFull."""
    duplicate = None if new.key is None else _duplicate(table, new.hook, new.key)
    if duplicate is not None:
        table.counts["duplicates", new.hook] += 1
        return duplicate
    _make_room(table, new.hook)
    table.counts["accepted", new.hook] += 1
    starts = new.start and table.dispatcher.may_start(new.hook, session, table.now())
    row = _kept(table, new)
    if not starts or row.state is State.WAITING:
        return Accepted(row.id, 0)
    table.start(row, session)
    return Accepted(row.id, row.attempts)


def _kept(table: Table, new: NewRun) -> Row:
    now = table.now()
    row = Row(
        seq=table.number(),
        id=new.id,
        hook=new.hook,
        invocation=new.invocation,
        gate=new.gate,
        accepted=now,
        give_up=now + new.give_up,
        key=new.key,
        lane=new.lane,
    )
    if not table.must_wait(row):
        row.state, row.due = State.QUEUED, now
    if new.key is not None:
        table.keys[new.hook, new.key] = Key(new.id, now + new.key_within)
    table.insert(row)
    return row


def _duplicate(table: Table, hook: str, name: bytes) -> Duplicate | None:
    key = table.keys.get((hook, name))
    if key is None or key.expires <= table.now():
        return None
    state = key.purged or table.rows[key.run].state
    return None if state is State.DEAD else Duplicate(key.run, state)


def _make_room(table: Table, hook: str) -> None:
    queue = table.dispatcher.agenda.queue(hook)
    if table.capacity.refuses(table.unfinished):
        table.counts["refused", "runs"] += 1
        raise StoreFull("Too many requests wait to be delivered.", RETRY_SOON)
    if queue.quota.refuses(queue.unfinished):
        table.counts["refused", "limit"] += 1
        raise StoreFull("Too many requests of this hook wait to be delivered.", RETRY_SOON)


def report(table: Table, session: int, result: Result) -> bool:
    """End an attempt, if it is still the session's."""
    row = table.rows.get(result.run)
    if row is None or not _owns(row, session, result.attempt):
        table.counts["late", ""] += 1
        return False
    now = table.now()
    row.end(result.outcome, result.reason, result.status_code, result.duration_ms)
    row.answer = result.answer
    said = None if result.outcome in ("interrupted", "held") else result.blames_target
    move = ended(row.standing, result, table.policy(row.hook), now)
    table.counts[result.outcome, row.hook] += 1
    table.move(row, move, said, result.duration_ms / 1000)
    if result.outcome == "held" and not result.delay:
        table.dispatcher.hold(row.hook, now, result.reason)
    if result.pause_target:
        table.dispatcher.pause(row.hook, now, result.pause_target)
    return True


def _owns(row: Row, session: int, attempt: int) -> bool:
    """The fence."""
    return row.state is State.RUNNING and row.owner == session and row.attempts == attempt


def leave(table: Table, session: int) -> None:
    """A worker is gone: what it had in flight is queued again, or dead after several times."""
    table.dispatcher.left(session, table.now())
    for row in [row for row in table.rows.values() if row.owner == session]:
        row.end("interrupted", INTERRUPTED)
        table.counts["interrupted", row.hook] += 1
        table.move(row, lost(row.standing, table.policy(row.hook), table.now(), table.share()))


def sweep(table: Table) -> None:
    """Give up what is too old, and forget what is finished for long enough."""
    now = table.now()
    for row in list(table.rows.values()):
        if row.state in UNFINISHED - {State.RUNNING} and row.give_up <= now:
            table.move(row, expired(row.standing, table.policy(row.hook), now))
        elif row.expires is not None and row.expires <= now:
            table.purge(row)
    for name, key in list(table.keys.items()):
        if key.expires <= now:
            del table.keys[name]


def claims(table: Table) -> Iterator[tuple[int, Assignment]]:
    """Start all that may start: the sessions that get it, with what they get."""
    while claim := table.dispatcher.next_claim(table.now()):
        yield from _claim(table, claim)


def _claim(table: Table, claim: Claim) -> list[tuple[int, Assignment]]:
    now = table.now()
    due = [
        row
        for row in table.rows.values()
        if row.state is State.QUEUED and row.hook == claim.hook and row.again == claim.again
    ]
    due.sort(key=lambda row: (row.due, row.seq))
    taken = [row for row in due[: claim.count] if row.due is not None and row.due <= now]
    rest = due[len(taken) :]
    next_due = rest[0].due if rest and rest[0].due is not None else math.inf
    table.dispatcher.claimed(claim, [row.id for row in taken], next_due, now)
    for row in taken:
        table.begin(row, claim.owner)
    return [(claim.owner, _assignment(row, now)) for row in taken]


def _assignment(row: Row, now: float) -> Assignment:
    left = row.give_up - now
    return Assignment(row.id, row.hook, row.attempts, row.tries, row.invocation, left)


def wakes(table: Table) -> float:
    """When there is something to do, if nobody says anything until then."""
    rows = table.rows.values()
    ends = [row.give_up for row in rows if row.state in UNFINISHED - {State.RUNNING}]
    ends += [row.expires for row in rows if row.expires is not None]
    return min([table.dispatcher.agenda.wakes(table.now()), *ends])
