"""Callers who write down what they were promised, and what the workflow saw of it."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from pathlib import Path

from tests.support.gateway import Gateway
from tests.support.workflow import Workflow

PAUSE = 0.02
"""Seconds of a caller between two requests: as many as a gateway takes would add nothing here."""
PATIENCE = 100.0
"""Seconds until something is lost rather than late, on a machine however busy."""


def store_of(directory: Path) -> int:
    """The store's process."""
    return int((directory / "state" / "runs.lock").read_text().split()[0])


class Callers:
    """Some callers, each with one request after the other, until told to stop.

    `promised` are the runs that were answered 202, with the number that each was sent with.
    """

    def __init__(self, running: Gateway, path: str, count: int = 8) -> None:
        self.promised: dict[str, int] = {}
        self.refused: Counter[int] = Counter()
        self.broken = 0
        self._port = running.port
        self._path = path
        self._over = threading.Event()
        self._numbers = iter(range(10_000_000))
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._call) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """No more requests; what is on its way is awaited."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def until(self, promises: int) -> None:
        """Return when so many more runs were promised."""
        goal = len(self.promised) + promises
        deadline = time.monotonic() + PATIENCE
        while len(self.promised) < goal:
            assert time.monotonic() < deadline, (len(self.promised), self.refused, self.broken)
            time.sleep(0.01)

    def _call(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        while not self._over.is_set():
            with self._lock:
                number = next(self._numbers)
            try:
                body = json.dumps({"n": number, "lane": number % 5})
                headers = {"Content-Type": "application/json"}
                connection.request("POST", self._path, body, headers)
                answer = connection.getresponse()
                told = json.loads(answer.read())
            except (OSError, http.client.HTTPException):
                self.broken += 1
                connection.close()
                time.sleep(0.02)
                continue
            with self._lock:
                if answer.status == 202:
                    self.promised[told["run"]] = number
                else:
                    self.refused[answer.status] += 1
            self._over.wait(PAUSE)
        connection.close()


def delivered(workflow: Workflow, path: str) -> Counter[str]:
    """How often the workflow got each run at a path."""
    seen = [one for one in list(workflow.received) if one.target == path]
    return Counter(one.headers["idempotency-key"] for one in seen)


def all_delivered(workflow: Workflow, path: str, promised: dict[str, int]) -> Counter[str]:
    """Return when the workflow got every run that was promised; how often it got each run."""
    deadline = time.monotonic() + PATIENCE
    while missing := promised.keys() - delivered(workflow, path).keys():
        assert time.monotonic() < deadline, f"{len(missing)} of {len(promised)} runs are lost"
        time.sleep(0.05)
    return delivered(workflow, path)
