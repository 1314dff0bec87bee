"""Every run in memory, with the counts of the dispatcher and the order of lanes kept true."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable
from itertools import count

import msgspec

from gateway.runs.dispatcher import Dispatcher
from gateway.runs.endings import Move, promoted
from gateway.runs.lanes import next_of, waits
from gateway.runs.memory.row import Row
from gateway.runs.quota import Quota
from gateway.runs.run import Ordered, Policies, Policy, State

UNFINISHED = frozenset({State.WAITING, State.QUEUED, State.RUNNING})
_NOWHERE = Policy(target="")
"""What holds for the runs of a hook that is not there."""


class Key(msgspec.Struct, frozen=True):
    """Which run has a deduplication key, until when, and how it ended once it is purged."""

    run: str
    expires: float
    purged: State | None = None


class Table:
    """All runs. `now` is the store's clock, `full` are the slots of a target, `share` gives random
    numbers in [0, 1), `limit` is how many runs may be unfinished.
    """

    def __init__(
        self,
        now: Callable[[], float],
        full: int = 64,
        share: Callable[[], float] = random.random,
        limit: float = math.inf,
    ) -> None:
        self.now = now
        self.share = share
        self.dispatcher = Dispatcher(full, share)
        self.dispatcher.begins_full = True
        self.policies: dict[str, Policy] = {}
        self.rows: dict[str, Row] = {}
        self.keys: dict[tuple[str, bytes], Key] = {}
        self.capacity = Quota(limit)
        self.counts: Counter[tuple[str, str]] = Counter()
        """What happened since the start, by (what, hook or reason)."""
        self.finished: Counter[tuple[str, State]] = Counter()
        """How many runs of a hook ended in which state."""
        self.changed: Callable[[Row], None] = lambda _row: None
        """Called for each run that is in another state."""
        self._lanes: dict[tuple[str, bytes], dict[str, Row]] = {}
        self._numbers = count(1)

    def follow(self, policies: Policies) -> None:
        """Take the policies of another generation."""
        self.policies = dict(policies.hooks)
        self.dispatcher.follow(policies, self.now())
        for lane in list(self._lanes.values()):
            self._settle(next(iter(lane.values())))

    def policy(self, hook: str) -> Policy:
        """What holds for the runs of a hook."""
        return self.policies.get(hook, _NOWHERE)

    def ordered(self, row: Row) -> Ordered:
        """What a dead run does to the lane."""
        return self.policy(row.hook).ordered

    @property
    def unfinished(self) -> int:
        """How many runs are not finished, of all hooks."""
        return sum(queue.unfinished for queue in self.dispatcher.agenda.queues.values())

    def number(self) -> int:
        """The place of the next run in the order of acceptance."""
        return next(self._numbers)

    def must_wait(self, row: Row) -> bool:
        """Whether the lane has runs that the row has to wait for."""
        if row.lane is None:
            return False
        lane = self._lanes.get((row.hook, row.lane), {})
        others = [other.state for other in lane.values() if other is not row]
        return waits(others, self.ordered(row))

    def insert(self, row: Row) -> None:
        """Keep a new run, in a state that is not RUNNING."""
        self.rows[row.id] = row
        if row.lane is not None:
            self._lanes.setdefault((row.hook, row.lane), {})[row.id] = row
        self._enter(row)

    def start(self, row: Row, owner: int) -> None:
        """Begin an attempt of a run that the dispatcher counts as queued."""
        self._leave(row)
        self.begin(row, owner)
        self.dispatcher.started(row.id, row.hook, row.again, owner, self.now())

    def begin(self, row: Row, owner: int) -> None:
        """Begin an attempt of a run that the dispatcher counts as running already."""
        row.begin(owner, self.now())
        self.changed(row)

    def move(self, row: Row, move: Move, blamed: bool | None = None, took: float = 0) -> None:
        """Let a run be where the move says, and its lane go on."""
        self._leave(row, blamed, took)
        row.take(move)
        if move.state.final:
            self.finished[row.hook, move.state] += 1
        self._enter(row)
        self._settle(row)
        self.changed(row)

    def purge(self, row: Row) -> None:
        """Forget a run. Its key stays, unless the run is dead."""
        self._leave(row)
        del self.rows[row.id]
        if row.lane is not None:
            lane = self._lanes[row.hook, row.lane]
            del lane[row.id]
            if lane:
                self._settle(next(iter(lane.values())))
            else:
                del self._lanes[row.hook, row.lane]
        if row.key is not None:
            self._keep_key(row, (row.hook, row.key))

    def _keep_key(self, row: Row, place: tuple[str, bytes]) -> None:
        key = self.keys.get(place)
        if key is None or key.run != row.id:
            return
        if row.state is State.DEAD:
            del self.keys[place]
        else:
            self.keys[place] = msgspec.structs.replace(key, purged=row.state)

    def _leave(self, row: Row, blamed: bool | None = None, took: float = 0) -> None:
        now = self.now()
        if row.state is State.RUNNING:
            self.dispatcher.ended(row.id, row.hook, row.again, row.owner, now, blamed, took)
        else:
            self.dispatcher.remove(row.hook, row.state, row.again, now)

    def _enter(self, row: Row) -> None:
        due = math.inf if row.due is None else row.due
        self.dispatcher.add(row.hook, row.state, row.again, self.now(), due=due)

    def _settle(self, row: Row) -> None:
        """Queue the head of the row's lane, if it waits and no other run of it is active."""
        lane = None if row.lane is None else self._lanes.get((row.hook, row.lane))
        if lane is None:
            return
        by_number = {other.seq: other for other in lane.values()}
        states = [(number, other.state) for number, other in by_number.items()]
        chosen = next_of(states, self.ordered(row))
        if chosen is not None:
            head = by_number[chosen]
            self.move(head, promoted(head.standing, self.now()))
