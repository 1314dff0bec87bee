"""kill -9 of the store, a worker, the supervisor or all of them, under load, again and again."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.gateways import Service
from tests.faults.records import Kill, Ledger, calls, promised, rows, settled

VICTIMS = ("store", "worker", "supervisor", "all")
WEIGHTS = (3, 3, 2, 2)
RATE = 300
HOOK = """\
name: durable
method: POST
authentication: none
workflow: http://127.0.0.1:{port}/run
delivery:
  type: durable
  concurrency: 64
  retry: {{after: [1s, 1s, 1s, 1s, 1s, 1s]}}
deduplicate: {{by: "${{headers.X-Id}}"}}
"""


@contextmanager
def python(module: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A module in a process of its own, with its input and output here."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"tests.faults.{module}", *map(str, arguments)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


class Rounds:
    """A gateway under load, and what was killed of it."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.kills: list[Kill] = []

    def kill(self, victim: str) -> None:
        """Kill it; a supervisor is started again."""
        service = self.service
        workers = service.workers()
        at = time.monotonic()
        if victim == "store":
            service.kill([service.store()])
        elif victim == "worker":
            service.kill(random.sample(workers, min(1, len(workers))))
        elif victim == "supervisor":
            service.kill([service.process.pid])
        else:
            service.kill([service.process.pid, service.store(), *workers])
        if victim in ("supervisor", "all"):
            service.process.wait()
            service.start()
        self.kills.append(Kill(victim, at))
        self._until_stored()

    def _until_stored(self) -> None:
        deadline = time.monotonic() + 30
        while self.service.unfinished() < 0:
            assert time.monotonic() < deadline, "there is no store again"
            time.sleep(0.02)


def run(
    directory: Path, victims: Iterable[str], rate: float, pause: tuple[float, float]
) -> tuple[Ledger, Rounds, dict[str, object]]:
    """Kill them one after the other, with a pause of so many seconds before each."""
    told, seen = directory / "promised", directory / "called"
    told.touch()
    seen.touch()
    with python("flow", seen) as flow:
        assert flow.stdout is not None
        port = int(flow.stdout.readline())
        service = Service(directory, HOOK.format(port=port), "--workers", "2")
        rounds = Rounds(service)
        try:
            service.start()
            with python("caller", service.port, "/hooks/durable", rate, told) as caller:
                for victim in victims:
                    time.sleep(random.uniform(*pause))  # noqa: S311
                    rounds.kill(victim)
                counted = json.loads(caller.communicate()[0])
            service.settle()
            assert service.stop() == 0
        finally:
            service.close()
    stored = rows(service.state / "runs.db")
    ledger = settled(promised(told), calls(seen), stored, rounds.kills)
    return ledger, rounds, {name: counted[name] for name in ("sent", "answers")}


def full(directory: Path) -> tuple[bool, list[str]]:
    """Two hundred rounds; whether all held, and what to print."""
    victims = random.choices(VICTIMS, WEIGHTS, k=200)  # noqa: S311
    ledger, rounds, counted = run(directory, victims, RATE, (0.3, 1.0))
    return ledger.holds, report(ledger, rounds, counted)


def report(ledger: Ledger, rounds: Rounds, counted: dict[str, object]) -> list[str]:
    """What to print."""
    killed = Counter(kill.victim for kill in rounds.kills)
    return [f"killed {dict(killed)}", f"requests {counted}", *ledger.lines()]
