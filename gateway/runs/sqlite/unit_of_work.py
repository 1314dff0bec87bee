"""What one transaction changes: rows, numbers in the dispatcher, and what is told then."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import msgspec

from gateway.runs.counts import Counts
from gateway.runs.dispatcher import Dispatcher
from gateway.runs.end_log import log_end
from gateway.runs.run import Ordered, Policy, State
from gateway.runs.sqlite.database import Database
from gateway.runs.sqlite.names import HookNames
from gateway.runs.sqlite.rows import COLUMNS, Kept, id_text, kept

End = tuple[str, str, State, int, str]
"""What `log_end` is given."""
_NOBODY = Policy(target="")
COUNTED = (State.WAITING, State.QUEUED, State.DEAD)
"""What the dispatcher counts besides RUNNING. There may be millions of other runs,
which no start could count.
"""


class UnitOfWork:
    """Rows and numbers change together, within `transaction`; where it fails, neither does.

    `now` is the time of the transaction in ms. `share` gives random numbers in [0, 1).
    """

    def __init__(self, db: Database, dispatcher: Dispatcher, share: Callable[[], float]) -> None:
        self.db = db
        self.dispatcher = dispatcher
        self.share = share
        self.now = 0
        self.counts = Counts()
        self.unfinished = 0
        self.changed: list[str] = []
        """Runs that a caller may wait for."""
        self.told: list[tuple[int, msgspec.Struct]] = []
        """Sessions and messages for them, once all this is durable."""
        self.ended: list[End] = []
        """Runs whose end no worker tells of."""
        self.fresh: dict[str, tuple[int, int, int]] = {}
        """Place, hook and acceptance in ms of runs whose first attempt is in flight, and that are
        in no lane: a short way to their rows, which alone say what they are.
        """
        self.hooks = HookNames(db, self.undo)
        stored = db.number("SELECT value FROM meta WHERE key='sequence'")
        self._sequence = max(stored, db.number("SELECT coalesce(max(seq), 0) FROM run"))
        self.durable = self._sequence
        """The place of the run that was accepted last, and committed."""
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
        told, changed, ended = len(self.told), len(self.changed), len(self.ended)
        before, unfinished = self._sequence, self.unfinished
        try:
            with self.db.transaction():
                yield
            if self._sequence > before:
                self.durable = self._sequence
        except BaseException:
            while self._undo:
                self._undo.pop()()
            self.unfinished = unfinished
            del self.told[told:], self.changed[changed:], self.ended[ended:]
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
        return self.dispatcher.agenda.queue(hook).policy or _NOBODY

    def find(self, where: str, *values: object) -> Kept | None:
        """One run, by a condition."""
        row = self.db.one(f"SELECT {COLUMNS} FROM run WHERE {where}", values)  # noqa: S608
        return None if row is None else kept(row)

    def enter(self, hook: str, state: State, again: bool, due: float | None = None) -> None:
        """A run is in a state that is not RUNNING now."""
        if state in COUNTED:
            at, now = math.inf if due is None else due, self.seconds
            self.dispatcher.add(hook, state, again, now, due=at)
            self._undo.append(partial(self.dispatcher.remove, hook, state, again, now))

    def leave(self, hook: str, state: State, again: bool) -> None:
        """A run is not in a state any more that was not RUNNING."""
        if state in COUNTED:
            now = self.seconds
            self.dispatcher.remove(hook, state, again, now)
            self.undo(lambda: self.dispatcher.add(hook, state, again, now, due=now))

    def starts(self, run: str, hook: str, again: bool, owner: int) -> None:
        """A run is running now."""
        now = self.seconds
        self.dispatcher.started(run, hook, again, owner, now)
        pace = self.dispatcher.agenda.queues[hook].pace
        mark = 0 if pace is None else pace.mark

        def undo() -> None:
            self.fresh.pop(run, None)
            if pace is not None:
                pace.give_back(1, mark)
            self.dispatcher.ended(run, hook, again, owner, now)

        self.undo(undo)

    def ends(
        self, run: str, hook: str, again: bool, owner: int, blamed: bool | None = None,
        took: float = 0,
    ) -> None:  # fmt: skip
        """A run is not running any more."""
        now = self.seconds
        self.fresh.pop(run, None)
        self.dispatcher.ended(run, hook, again, owner, now, blamed, took)
        self.undo(lambda: self.dispatcher.resumed(run, hook, again, owner, now))

    def passes(self, run: str, hook: str, again: bool, owner: int, to: int) -> None:
        """A run goes on running in another worker."""
        now = self.seconds
        self.ends(run, hook, again, owner)
        self.dispatcher.resumed(run, hook, again, to, now)
        self.undo(lambda: self.dispatcher.ended(run, hook, again, to, now))

    def count_unfinished(self, change: int) -> None:
        """So many runs more are unfinished."""
        self.unfinished += change

    def note_state(self, run: str, hook: str, state: State, accepted: int) -> None:
        """A run is in another state, other than RUNNING. `accepted` is in ms."""
        self.changed.append(run)
        if state.final:
            self.counts.finished[hook][state] += 1
            self.counts.latency_seconds[hook].add((self.now - accepted) / 1000)

    def log_ends(self) -> None:
        """Say what has ended, once that is durable."""
        ended, self.ended = self.ended, []
        for end in ended:
            log_end(*end)

    def ordered(self, hook: int) -> Ordered:
        """What a dead run does to its lane. Of a hook that is not there, the lanes stand."""
        policy = self.dispatcher.agenda.queue(self.hooks.name(hook)).policy
        return "hold" if policy is None else policy.ordered

    def named(self, run: Kept) -> tuple[str, str]:
        """The id of a run and the name of its hook."""
        return id_text(run.id), self.hooks.name(run.hook)
