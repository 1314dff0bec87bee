"""What one transaction changes: rows in the file, numbers in the gate, and what is told then."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import msgspec

from gateway.runs import lanes
from gateway.runs.endings import Move, promoted
from gateway.runs.gate import Gate
from gateway.runs.run import Ordered, Outcome, Policy, State
from gateway.runs.sqlite.database import Database
from gateway.runs.sqlite.names import HookNames
from gateway.runs.sqlite.rows import (
    COLUMNS,
    NUMBERS,
    Kept,
    id_text,
    kept,
    milliseconds,
    optional,
)
from gateway.runs.tally import ATTEMPT, BATCH, LATENCY, Tally

_NOBODY = Policy(target="")
_LANE = "SELECT min(seq) FROM run WHERE hook=?1 AND lane=?2 AND state="
_LANE_HEADS = f"SELECT ({_LANE}0), ({_LANE}1), ({_LANE}2), ({_LANE}5)"
_LANE_STATES = (State.WAITING, State.QUEUED, State.RUNNING, State.DEAD)
_MOVE = """UPDATE run SET state=?, class=?, due=?, tries=?, interrupted=?, give_up=?, finished=?,
    expires=?, reason=coalesce(?, reason), owner=NULL"""
_FENCE = " WHERE seq=? AND state=? AND attempts=?"
_ATTEMPT = "INSERT INTO attempt VALUES (?, ?, ?, ?, ?, ?, ?)"
_FORGET_ATTEMPT = "DELETE FROM attempt WHERE seq=? AND number<=?"
KEPT_ATTEMPTS = 20
Said = tuple[int | None, int | None]
"""The status code of an attempt and its duration in ms."""
NOTHING: Said = (None, None)
COUNTED = (State.WAITING, State.QUEUED, State.DEAD)
"""What the gate counts besides RUNNING. Of what succeeded or was cancelled there may be millions,
which no start could count.
"""


class Counts:
    """What operators are told of the past, since the store started."""

    def __init__(self) -> None:
        self.accepted: Counter[str] = Counter()
        self.duplicates: Counter[str] = Counter()
        self.attempts: defaultdict[str, Counter[Outcome]] = defaultdict(Counter)
        self.finished: defaultdict[str, Counter[State]] = defaultdict(Counter)
        self.attempt_seconds: defaultdict[str, Tally] = defaultdict(lambda: Tally(ATTEMPT))
        self.latency_seconds: defaultdict[str, Tally] = defaultdict(lambda: Tally(LATENCY))
        self.batch_size = Tally(BATCH)
        self.refused: Counter[str] = Counter()
        self.late = 0
        self.interrupted = 0


class Books:
    """Rows and numbers change together, within `transaction`; where it fails, neither does.

    `now` is the time of the transaction in ms. `share` gives random numbers in [0, 1).
    """

    def __init__(self, db: Database, gate: Gate, share: Callable[[], float]) -> None:
        self.db = db
        self.gate = gate
        self.share = share
        self.now = 0
        self.counts = Counts()
        self.unfinished = 0
        self.changed: list[str] = []
        """Runs that a caller may wait for."""
        self.told: list[tuple[int, msgspec.Struct]] = []
        """Sessions and messages for them, once all this is durable."""
        self.fresh: dict[str, tuple[int, int, int]] = {}
        """Place, hook and acceptance in ms of runs whose first attempt is in flight, and that are
        in no lane: a short way to their rows, which alone say what they are.
        """
        self.hooks = HookNames(db, self.undo)
        stored = db.number("SELECT value FROM meta WHERE key='sequence'")
        self._sequence = max(stored, db.number("SELECT coalesce(max(seq), 0) FROM run"))
        self._undo: list[Callable[[], None]] = []

    @property
    def seconds(self) -> float:
        """The time of the transaction, in seconds."""
        return self.now / 1000

    def undo(self, change: Callable[[], None]) -> None:
        """What to do where the transaction fails."""
        self._undo.append(change)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything within is durable when this ends, or did not happen where it raises."""
        told, changed = len(self.told), len(self.changed)
        try:
            with self.db.transaction():
                yield
        except BaseException:
            while self._undo:
                self._undo.pop()()
            del self.told[told:], self.changed[changed:]
            raise
        finally:
            self._undo.clear()

    def tell(self, session: int, message: msgspec.Struct) -> None:
        """Send it once the transaction is durable."""
        self.told.append((session, message))

    def next_sequence(self) -> int:
        """The place of another run in the order of acceptance. None is given twice."""
        self._sequence += 1
        return self._sequence

    @property
    def last_sequence(self) -> int:
        """The place of the run that was accepted last."""
        return self._sequence

    def policy(self, hook: str) -> Policy:
        """A hook's policy; that of a hook which is not there is the default."""
        return self.gate.line(hook).policy or _NOBODY

    def find(self, where: str, *values: object) -> Kept | None:
        """One run, by a condition."""
        row = self.db.one(f"SELECT {COLUMNS} FROM run WHERE {where}", values)  # noqa: S608
        return None if row is None else kept(row)

    def enter(self, hook: str, state: State, again: bool, due: float | None = None) -> None:
        """A run is in a state that is not RUNNING now."""
        if state in COUNTED:
            at = math.inf if due is None else due
            self.gate.add(hook, state, again, self.seconds, due=at)
            now = self.seconds
            self.undo(lambda: self.gate.remove(hook, state, again, now))

    def leave(self, hook: str, state: State, again: bool) -> None:
        """A run is not in a state any more that was not RUNNING."""
        if state in COUNTED:
            now = self.seconds
            self.gate.remove(hook, state, again, now)
            self.undo(lambda: self.gate.add(hook, state, again, now, due=now))

    def starts(self, run: str, hook: str, again: bool, owner: int) -> None:
        """A run is running now."""
        now = self.seconds
        self.gate.started(run, hook, again, owner, now)

        def undo() -> None:
            self.fresh.pop(run, None)
            self.gate.ended(run, hook, again, owner, now)

        self.undo(undo)

    def ends(
        self, run: str, hook: str, again: bool, owner: int, blamed: bool | None = None,
        took: float = 0,
    ) -> None:  # fmt: skip
        """A run is not running any more."""
        now = self.seconds
        self.fresh.pop(run, None)
        self.gate.ended(run, hook, again, owner, now, blamed, took)
        self.undo(lambda: self.gate.started(run, hook, again, owner, now))

    def count_unfinished(self, change: int) -> None:
        """So many runs more are unfinished."""
        if change:
            self.unfinished += change
            self._undo.append(partial(self._uncount, change))

    def _uncount(self, change: int) -> None:
        self.unfinished -= change

    def move(self, run: Kept, to: Move, said: Said | None = None) -> None:
        """A run goes where `to` says; `said` is how its attempt ended, if one did."""
        hook = self.hooks.name(run.hook)
        values = [
            NUMBERS[to.state], to.again, optional(to.due), to.tries, to.interrupted,
            milliseconds(to.give_up), optional(to.finished), optional(to.expires), to.reason,
        ]  # fmt: skip
        statement = _MOVE
        if said is not None:
            statement += ", status_code=?, duration_ms=?"
            values += said
        done = self.db.execute(
            statement + _FENCE, (*values, run.seq, run.number, run.attempts)
        ).rowcount
        assert done == 1, "a run moved between two statements"  # noqa: S101 - there is one writer
        if run.state is not State.RUNNING:
            self.leave(hook, run.state, run.again == 1)
        self.enter(hook, to.state, to.again, to.due)
        self.count_unfinished(run.state.final - to.state.final)
        self._note(run, hook, to)

    def _note(self, run: Kept, hook: str, to: Move) -> None:
        self.note_state(id_text(run.id), hook, to.state, run.accepted)
        if run.lane is not None and to.state is not State.QUEUED:
            self.promote(run.hook, run.lane)

    def note_state(self, run: str, hook: str, state: State, accepted: int) -> None:
        """A run is in another state, other than RUNNING. `accepted` is in ms."""
        self.changed.append(run)
        if state.final:
            self.counts.finished[hook][state] += 1
            self.counts.latency_seconds[hook].add((self.now - accepted) / 1000)

    def promote(self, hook: int, lane: bytes) -> None:
        """Queue the head of a lane where it is its turn."""
        head = lanes.next_of(self.lane(hook, lane), self.ordered(hook))
        if head is None:
            return
        run = self.find("seq=?", head)
        assert run is not None  # noqa: S101 - the index named it
        self.move(run, promoted(run.standing, self.seconds))

    def lane(self, hook: int, lane: bytes) -> list[tuple[int, State]]:
        """The first run of a lane in each state that matters."""
        row = self.db.one(_LANE_HEADS, (hook, lane)) or ()
        pairs = zip(row, _LANE_STATES, strict=True)
        return [(seq, state) for seq, state in pairs if isinstance(seq, int)]

    def ordered(self, hook: int) -> Ordered:
        """What a dead run does to its lane. Of a hook that is not there, the lanes stand."""
        policy = self.gate.line(self.hooks.name(hook)).policy
        return "hold" if policy is None else policy.ordered

    def note_attempt(self, run: Kept, outcome: str, said: Said, reason: str) -> None:
        """Keep how an attempt ended without success."""
        code, took = said
        started = self.now if run.started is None else run.started
        self.db.execute(_ATTEMPT, (run.seq, run.attempts, started, outcome, took, code, reason))
        if run.attempts > KEPT_ATTEMPTS:
            self.db.execute(_FORGET_ATTEMPT, (run.seq, run.attempts - KEPT_ATTEMPTS))

    def named(self, run: Kept) -> tuple[str, str]:
        """The id of a run and the name of its hook."""
        return id_text(run.id), self.hooks.name(run.hook)
