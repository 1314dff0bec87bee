"""A store's file in the test's own process, without sockets, selectors and time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gateway.runs.dispatcher import Dispatcher
from gateway.runs.run import Policies, Policy
from gateway.runs.sqlite.accepting import Capacity
from gateway.runs.sqlite.database import Database
from gateway.runs.sqlite.loading import load
from gateway.runs.sqlite.reserve import Reserve
from gateway.runs.sqlite.unit_of_work import UnitOfWork
from gateway.runs.sqlite.writer import Writer

SIZE = 64 * 1024 * 1024
POLICY = Policy(target="http://workflows:80", concurrency=4, ordered="continue")
WORKER = 1


class Open:
    """A store's file in this process, with one worker."""

    def __init__(self, path: Path) -> None:
        self.db = Database(path, SIZE, 1000)
        self.dispatcher = Dispatcher(64, lambda: 0.5)
        self.unit = UnitOfWork(self.db, self.dispatcher, lambda: 0.5)
        self.unit.now = 1000
        load(self.unit)
        reserve = Reserve(path.with_name("reserve"), 0)
        reserve.take()
        self.writer = Writer(self.unit, Capacity(self.unit, reserve, SIZE, 100), reserve)
        self.dispatcher.follow(Policies(1, {"hook": POLICY}), 1)
        self.dispatcher.joined(WORKER, 1, 100, 1)

    def told(self) -> list[Any]:
        """What it said since it was asked last."""
        told, self.unit.told = self.unit.told, []
        return [message for _, message in told]

    def numbers(self) -> tuple[Any, ...]:
        """What is counted, where nothing is."""
        queue = self.dispatcher.agenda.queue("hook")
        counts = {state: count for state, count in queue.counts.items() if count}
        return counts, list(queue.queued), list(queue.running), self.unit.unfinished
