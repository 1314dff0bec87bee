"""Keeping a run: room, key, lane, and whether it starts at once."""

from __future__ import annotations

import structlog

from gateway.runs import lanes
from gateway.runs.coding import NUMBERS, STATES
from gateway.runs.quota import Quota
from gateway.runs.run import NewRun, State
from gateway.runs.sqlite.clock import since_boot
from gateway.runs.sqlite.messages import Accept, Known, Refused, Stored
from gateway.runs.sqlite.moves import heads
from gateway.runs.sqlite.reserve import Reserve
from gateway.runs.sqlite.rows import id_bytes, id_text, milliseconds
from gateway.runs.sqlite.unit_of_work import UnitOfWork

_SHARE = 0.8
"""Of the size of the file: the rest is for results, and for what is rewritten."""
_OVERHEAD = 1000
"""Bytes that a run takes beside its payload, generously."""
_TAKE_KEY = "INSERT INTO dedup VALUES (?, ?, ?, ?, NULL, NULL) ON CONFLICT DO NOTHING"
_READ_KEY = """SELECT d.expires, coalesce(r.id, d.run), coalesce(r.state, d.state)
    FROM dedup d LEFT JOIN run r ON r.seq=d.seq WHERE d.hook=? AND d.key=?"""
_TAKE_OVER = "UPDATE dedup SET seq=?, expires=?, run=NULL, state=NULL WHERE hook=? AND key=?"
_RUN = """INSERT INTO run(seq, id, hook, state, due, attempts, owner, accepted, give_up, started,
    lane, key, gate, size) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_PAYLOAD = "INSERT INTO payload VALUES (?, ?)"
_DEAD = NUMBERS[State.DEAD]
_GONE = "the store's file was removed or replaced: nothing is accepted until it is back"
_COPY = "its runs are delivered while the store runs; `gateway runs backup` copies them to a file"
_TOO_LATE = "the store was behind: nobody waited for the run any more"
_log = structlog.get_logger("gateway.store")


class Capacity:
    """Whether another run may be stored. `size` is that of the file in bytes, `runs` how many may
    be unfinished in all.
    """

    def __init__(self, unit: UnitOfWork, reserve: Reserve, size: int, runs: int) -> None:
        self._unit = unit
        self._reserve = reserve
        self._size = Quota(size * _SHARE)
        self._runs = Quota(runs)
        self._measured = -1
        self._used = 0
        self._in_place = True

    def is_lost(self) -> bool:
        """Whether what is stored would be gone with this process, as the file is not there."""
        if self._measured != self._unit.now:
            self._measure()
        return not self._in_place

    def refusal(self, hook: str) -> tuple[str, str] | None:
        """Why there is none: for metrics, and in words for callers."""
        if self._measured != self._unit.now:
            self._measure()
        if not self._reserve.held or self._size.refuses(self._used):
            return "size", "The store has no room. Send the request again later."
        if self._runs.refuses(self._unit.unfinished):
            return "runs", "Too many requests wait to be delivered. Send it again later."
        queue = self._unit.dispatcher.agenda.queue(hook)
        if queue.quota.refuses(queue.unfinished):
            return (
                "limit",
                "Too many requests of this hook wait to be delivered. Send it again later.",
            )
        return None

    def take(self, size: int) -> None:
        """A run of so many bytes is stored in this transaction."""
        self._used += size + _OVERHEAD

    def _measure(self) -> None:
        """Once a transaction."""
        db = self._unit.db
        self._measured, self._used = self._unit.now, db.used()
        before, self._in_place = self._in_place, db.is_in_place()
        if before and not self._in_place:
            _log.error(_GONE, file=str(db.path), hint=_COPY)
        elif self._in_place and not before:
            _log.info("the store's file is back: runs are accepted", file=str(db.path))


def accept(unit: UnitOfWork, capacity: Capacity, session: int, message: Accept) -> None:
    """Keep a run, or say which one has its key."""
    run = message.run
    if message.until and since_boot() > message.until:
        # Writing it would make those wait in vain who have not given up yet.
        unit.tell(session, Refused(message.number, "unavailable", _TOO_LATE))
        return
    if capacity.is_lost():
        unit.tell(session, Refused(message.number, "unavailable", _GONE))
        return
    hook = unit.hooks.number(run.hook)
    refusal = capacity.refusal(run.hook)
    if run.key is not None and (known := _holder(unit, hook, run, refusal is None)):
        unit.counts.duplicates[run.hook] += 1
        unit.tell(session, Known(message.number, *known))
    elif refusal is not None:
        unit.counts.refused[refusal[0]] += 1
        unit.tell(session, Refused(message.number, "full", refusal[1]))
    else:
        attempt = _insert(unit, hook, session, run)
        capacity.take(len(run.invocation))
        unit.counts.accepted[run.hook] += 1
        unit.tell(session, Stored(message.number, attempt))


def _holder(unit: UnitOfWork, hook: int, run: NewRun, take: bool) -> tuple[str, State] | None:
    """Who has the key; where nobody has, it is taken for the run that is inserted next."""
    seq, expires = unit.last_sequence + 1, unit.now + milliseconds(run.key_within)
    if take and unit.db.write(_TAKE_KEY, (hook, run.key, seq, expires)).rowcount:
        return None
    row = unit.db.one(_READ_KEY, (hook, run.key))
    if row is not None:
        until, holder, state = row
        # Of a dead run that was purged nothing is left, of another one id and state are.
        if until > unit.now and holder is not None and state != _DEAD:
            return id_text(holder), STATES[state]
        if take:
            unit.db.write(_TAKE_OVER, (seq, expires, hook, run.key))
    return None


def _insert(unit: UnitOfWork, hook: int, session: int, run: NewRun) -> int:
    """Write the rows; the attempt that the caller is to start, or 0."""
    stored = id_bytes(run.id)
    if stored is None:
        raise ValueError("not the id of a run")
    seq, now = unit.next_sequence(), unit.now
    state = _state(unit, hook, session, run)
    running, queued = state is State.RUNNING, state is State.QUEUED
    unit.db.write(
        _RUN,
        (
            seq, stored, hook, NUMBERS[state], now if queued else None, int(running),
            session if running else None, now, now + milliseconds(run.give_up),
            now if running else None, run.lane, run.key, run.gate, len(run.invocation),
        ),
    )  # fmt: skip
    unit.db.write(_PAYLOAD, (seq, run.invocation))
    if running:
        unit.starts(run.id, run.hook, False, session)
        if run.lane is None:
            unit.fresh[run.id] = seq, hook, now
    else:
        unit.enter(run.hook, state, False, unit.seconds if queued else None)
    unit.count_unfinished(1)
    return int(running)


def _state(unit: UnitOfWork, hook: int, session: int, run: NewRun) -> State:
    if run.lane is not None:
        states = [state for _, state in heads(unit, hook, run.lane)]
        if lanes.waits(states, unit.ordered(hook)):
            return State.WAITING
    if run.start and unit.dispatcher.may_start(run.hook, session, unit.seconds):
        return State.RUNNING
    return State.QUEUED
