"""A store's file in the test's own process, without sockets, selectors and time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gateway.runs.gate import Gate
from gateway.runs.run import Policies, Policy
from gateway.runs.sqlite.accepting import Room
from gateway.runs.sqlite.books import Books
from gateway.runs.sqlite.database import Database
from gateway.runs.sqlite.loading import load
from gateway.runs.sqlite.reserve import Reserve
from gateway.runs.sqlite.writer import Writer

SIZE = 64 * 1024 * 1024
POLICY = Policy(target="http://workflows:80", concurrency=4, ordered="continue")
WORKER = 1


class Open:
    """A store's file in this process, with one worker."""

    def __init__(self, path: Path) -> None:
        self.db = Database(path, SIZE, 1000)
        self.gate = Gate(64, lambda: 0.5)
        self.books = Books(self.db, self.gate, lambda: 0.5)
        self.books.now = 1000
        load(self.books)
        reserve = Reserve(path.with_name("reserve"), 0)
        reserve.take()
        self.writer = Writer(self.books, Room(self.books, reserve, SIZE, 100), reserve)
        self.gate.follow(Policies(1, {"hook": POLICY}), 1)
        self.gate.joined(WORKER, 1, 100, 1)

    def told(self) -> list[Any]:
        """What it said since it was asked last."""
        told, self.books.told = self.books.told, []
        return [message for _, message in told]

    def numbers(self) -> tuple[Any, ...]:
        """What is counted, where nothing is."""
        line = self.gate.line("hook")
        counts = {state: count for state, count in line.counts.items() if count}
        return counts, list(line.queued), list(line.running), self.books.unfinished
