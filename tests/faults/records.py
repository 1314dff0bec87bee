"""What the caller was promised, what the workflow saw, what the store says, and whether it fits."""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

SLACK = 0.1
"""Seconds between two clocks."""
_ATTEMPTS = "SELECT seq, number, started, outcome FROM attempt"
_RUNS = "SELECT seq, id, state, attempts, started FROM run"
STATES = {0: "waiting", 1: "queued", 2: "running", 4: "succeeded", 5: "dead", 6: "cancelled"}
_SHOWN = 5
_FINAL = {"succeeded", "dead", "cancelled"}


class Call(NamedTuple):
    """One call of the workflow; times in monotonic seconds."""

    came: float
    answered: float
    run: str
    attempt: int
    status: int
    number: int


class Kill(NamedTuple):
    """Who was killed when, in monotonic seconds."""

    victim: str
    at: float


class Repeat(NamedTuple):
    """A call that was made although the one before it had been answered for good."""

    first: Call
    second: Call
    kill: Kill | None


def promised(ledger: Path) -> dict[int, str]:
    """The run that each request was promised, by its number."""
    lines = (line.split() for line in ledger.read_text().splitlines())
    return {int(number): run for number, run, _ in lines}


def calls(ledger: Path) -> list[Call]:
    """The calls of the workflow, in the order of their answers."""
    found = []
    for line in ledger.read_text().splitlines():
        came, answered, run, attempt, status, number = line.split()
        times = float(came), float(answered)
        found.append(Call(*times, run, int(attempt), int(status), int(number)))
    return found


class Row(NamedTuple):
    """What the store says of a run: its state, when each attempt started in monotonic seconds, and
    which attempts were interrupted.
    """

    state: str
    started: dict[int, float]
    interrupted: set[int]


def rows(database: Path) -> dict[str, Row]:
    """The runs in the file of a store that has ended."""
    ahead = time.time() - time.monotonic()
    found = {}
    with closing(sqlite3.connect(database)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        attempts = defaultdict(list)
        for seq, number, started, outcome in file.execute(_ATTEMPTS):
            attempts[seq].append((number, started / 1000 - ahead, outcome))
        for seq, run, state, number, started in file.execute(_RUNS):
            made = attempts[seq]
            times = {one: began for one, began, _ in made}
            if started is not None:
                times[number] = started / 1000 - ahead
            cut = {one for one, _, outcome in made if outcome == "interrupted"}
            found[str(uuid.UUID(bytes=run))] = Row(STATES[state], times, cut)
    return found


def repeats(seen: Iterable[Call], kills: Sequence[Kill], stored: Mapping[str, Row]) -> list[Repeat]:
    """Calls that followed a final answer, each with the kill that explains it, if one does."""
    by_run: defaultdict[str, list[Call]] = defaultdict(list)
    for call in seen:
        by_run[call.run].append(call)
    found = []
    for run, made in by_run.items():
        made.sort(key=lambda call: (call.attempt, call.came))
        for first, second in pairwise(made):
            if first.status != 500:
                kill = _explaining(first, second, kills, stored[run]) if run in stored else None
                found.append(Repeat(first, second, kill))
    return found


def _explaining(first: Call, second: Call, kills: Iterable[Kill], row: Row) -> Kill | None:
    """A kill during the first attempt, if the store has it as interrupted, and before the second
    one. That of a worker explains more than that of a store, whose workers tell the next one what
    they hold.
    """
    if first.attempt >= second.attempt or first.attempt not in row.interrupted:
        return None
    since, until = row.started[first.attempt], row.started[second.attempt]
    there = [kill for kill in kills if since - SLACK <= kill.at <= until + SLACK]
    return min(there, key=lambda kill: kill.victim == "store", default=None)


class Ledger(NamedTuple):
    """What became of everything."""

    accepted: int
    states: Counter[str]
    lost: list[str]
    without_row: list[str]
    doubled: list[int]
    """Numbers of requests with more than one run that is not dead: a dead one releases the key."""
    repeats: list[Repeat]

    @property
    def unexplained(self) -> list[Repeat]:
        """Calls that nothing excuses."""
        return [one for one in self.repeats if one.kill is None]

    @property
    def holds(self) -> bool:
        """Whether nothing was lost, doubled or repeated without a reason."""
        return not (self.lost or self.without_row or self.doubled or self.unexplained)

    def lines(self) -> list[str]:
        """For people."""
        causes = Counter(one.kill.victim if one.kill else "unexplained" for one in self.repeats)
        pending = sum(count for state, count in self.states.items() if state not in _FINAL)
        shown = [
            f"accepted {self.accepted}, delivered {self.states['succeeded']}, "
            f"dead {self.states['dead']}, pending {pending}",
            f"delivered more than once {len(self.repeats)}"
            + (f": {dict(causes)}, unexplained {causes['unexplained']}" if causes else ""),
            f"lost {len(self.lost)}, promised without a row {len(self.without_row)}, "
            f"requests with two runs {len(self.doubled)}",
        ]
        return [
            *shown,
            *(f"unexplained: {one.first} then {one.second}" for one in self.unexplained[:_SHOWN]),
        ]


def settled(
    made: Mapping[int, str], seen: Sequence[Call], stored: Mapping[str, Row], kills: Sequence[Kill]
) -> Ledger:
    """Compare them. A run is lost if it was promised, the workflow never took it, and the store
    does not have it either, or says that it succeeded.
    """
    took = {call.run for call in seen if call.status == 200}
    runs = set(made.values())
    gone = {run for run in runs if run not in stored or stored[run].state == "succeeded"}
    of_number: defaultdict[int, set[str]] = defaultdict(set)
    for call in seen:
        if call.run not in stored or stored[call.run].state != "dead":
            of_number[call.number].add(call.run)
    return Ledger(
        accepted=len(runs),
        states=Counter(stored[run].state for run in runs if run in stored),
        lost=sorted(gone - took),
        without_row=sorted(runs - stored.keys()),
        doubled=sorted(number for number, some in of_number.items() if len(some) > 1),
        repeats=repeats(seen, kills, stored),
    )
