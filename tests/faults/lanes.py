"""Lanes under failures and kill -9: in order, one attempt at a time, none lost."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import random
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from tests.delivery.ledger import store_of
from tests.delivery.site import delivering, hook
from tests.support.gateway import Gateway
from tests.support.workflow import Received, Workflow

PATIENCE = 120
"""Seconds that a lane may take to be accepted, and then to be delivered."""
LONGEST = 0.03
"""Seconds that a call takes at most."""
_FAILS = 20
HOOK = (
    'order: {by: "${body.lane}"}, concurrency: 64, retry: {after: [1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s]}'
)
BY_ID = 'deduplicate: {by: "${headers.X-Id}"}'
Victim = Literal["store", "worker"]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the lanes; all but `calls`, `failed` and `killed` should be empty.

    `reordered` are lanes in which a run came after a later one, `overlaps` are lanes with two
    attempts in flight, though no worker was killed between their beginnings.
    """

    calls: int
    failed: int
    killed: int
    missing: tuple[tuple[int, int], ...]
    reordered: tuple[int, ...]
    overlaps: tuple[int, ...]

    @property
    def holds(self) -> bool:
        """Whether every promise was kept."""
        return not (self.missing or self.reordered or self.overlaps)


class LaneWorkflow(Workflow):
    """Answers each twentieth call 500 or 503, and each after a random time."""

    def __init__(self) -> None:
        super().__init__()
        self.came: dict[int, list[int]] = defaultdict(list)
        self.failed = self._calls = 0
        self.overlaps: list[tuple[int, float, float]] = []
        """Lanes, and when the first and the second of two attempts began that overlap."""
        self._begun: dict[int, list[float]] = defaultdict(list)

    async def _answer(self, request: Received, writer: asyncio.StreamWriter) -> None:
        lane, now = request.json()["lane"], time.monotonic()
        self.overlaps += [(lane, before, now) for before in self._begun[lane]]
        self.came[lane].append(request.json()["n"])
        self._begun[lane].append(now)
        await asyncio.sleep(random.uniform(0, LONGEST))  # noqa: S311
        self._begun[lane].remove(now)
        self._calls += 1
        status = 200 if self._calls % _FAILS else random.choice((500, 503))  # noqa: S311
        self.failed += status != 200
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n"
        writer.write(head.encode() + b"{}")
        await writer.drain()


class Lane(threading.Thread):
    """A caller who sends the next request of its lane when the last one was promised."""

    def __init__(self, port: int, lane: int, runs: int) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._lane = lane
        self._runs = runs

    def run(self) -> None:
        deadline = time.monotonic() + PATIENCE
        for number in range(self._runs):
            while not self._promised(number) and time.monotonic() < deadline:
                time.sleep(0.02)

    def _promised(self, number: int) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        body = json.dumps({"lane": self._lane, "n": number})
        headers = {"Content-Type": "application/json", "X-Id": f"{self._lane}-{number}"}
        try:
            connection.request("POST", "/hooks/ordered", body, headers)
            return connection.getresponse().status in (200, 202)
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def full(directory: Path) -> tuple[bool, list[str]]:
    """Ten lanes of a hundred runs, twenty kills; whether all held, and what to print."""
    victims: list[Victim] = random.choices(("store", "worker"), k=20)  # noqa: S311
    outcome = in_order(directory, 10, 100, victims)
    return outcome.holds, [str(outcome)]


def in_order(directory: Path, lanes: int, runs: int, victims: Sequence[Victim]) -> Outcome:
    """So many lanes with so many runs each, while workers and the store are killed."""
    workflow = LaneWorkflow()
    workflow.start()
    text = hook("ordered", f"{workflow.url}/run", BY_ID, delivery=HOOK)
    try:
        with delivering(directory, workflow, "--workers", "2", text=text) as running:
            callers = [Lane(running.port, lane, runs) for lane in range(lanes)]
            for caller in callers:
                caller.start()
            killed = [_kill(running, directory, workflow, victim, lanes) for victim in victims]
            for caller in callers:
                caller.join()
            _await(workflow, lanes, runs)
    finally:
        workflow.stop()
    return _judged(workflow, lanes, runs, killed)


def _kill(
    running: Gateway, directory: Path, workflow: LaneWorkflow, victim: Victim, lanes: int
) -> tuple[Victim, float]:
    """Kill it after some more calls; when that was."""
    goal = _calls(workflow) + 2 * lanes
    deadline = time.monotonic() + 10
    while _calls(workflow) < goal and time.monotonic() < deadline:
        time.sleep(0.01)
    workers = running.workers()
    process = store_of(directory) if victim == "store" or not workers else random.choice(workers)  # noqa: S311
    os.kill(process, signal.SIGKILL)
    return victim, time.monotonic()


def _calls(workflow: LaneWorkflow) -> int:
    return sum(map(len, list(workflow.came.values())))


def _await(workflow: LaneWorkflow, lanes: int, runs: int) -> None:
    """Until the last run of every lane came, and some time for its repetitions."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if all(workflow.came[lane][-1:] == [runs - 1] for lane in range(lanes)):
            break
        time.sleep(0.05)


def _judged(
    workflow: LaneWorkflow, lanes: int, runs: int, killed: list[tuple[Victim, float]]
) -> Outcome:
    deaths = [at for victim, at in killed if victim == "worker"]
    overlaps = {
        lane
        for lane, first, second in workflow.overlaps
        if not any(first <= at <= second for at in deaths)
    }
    came = workflow.came
    return Outcome(
        calls=_calls(workflow),
        failed=workflow.failed,
        killed=len(killed),
        missing=tuple(
            (lane, number)
            for lane in range(lanes)
            for number in sorted(set(range(runs)) - set(came[lane]))
        ),
        reordered=tuple(lane for lane in range(lanes) if came[lane] != sorted(came[lane])),
        overlaps=tuple(sorted(overlaps)),
    )
