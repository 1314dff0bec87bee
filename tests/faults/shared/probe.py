"""Somebody who calls a direct hook of each gateway all the time, and notes how long it takes."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

PAUSE = 0.1


class Asked(NamedTuple):
    """One request: to which gateway, when, its status (0 for none), how many seconds it took."""

    gateway: int
    at: float
    status: int
    seconds: float


class Probe:
    """Ten requests a second to each address, until it is stopped."""

    def __init__(self, addresses: Sequence[tuple[str, int]], path: str) -> None:
        self.asked: list[Asked] = []
        self._path = path
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._ask, args=(number, *address), daemon=True)
            for number, address in enumerate(addresses)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """No more requests."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, number: int, host: str, port: int) -> None:
        connection = http.client.HTTPConnection(host, port, timeout=10)
        while not self._over.wait(PAUSE):
            begun = time.monotonic()
            try:
                connection.request("POST", self._path, b"{}", {"Content-Type": "application/json"})
                answer = connection.getresponse()
                answer.read()
                status = answer.status
            except (OSError, http.client.HTTPException):
                status = 0
                connection.close()
            self.asked.append(Asked(number, begun, status, time.monotonic() - begun))
        connection.close()


def statuses(asked: Sequence[Asked]) -> dict[int, int]:
    """How often each status was answered."""
    return dict(Counter(one.status for one in asked))


def quantile(asked: Sequence[Asked], part: float) -> float:
    """Seconds within which so large a part of the requests was answered."""
    seconds = sorted(one.seconds for one in asked)
    return seconds[min(len(seconds) - 1, int(part * len(seconds)))]
