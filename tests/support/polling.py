"""Waiting for something to come true, and no longer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

SHORTEST, LONGEST = 0.01, 0.1
"""Seconds between two looks."""


def pauses() -> Iterator[float]:
    """Seconds until each next look, ever more: whoever is looked at has to work for it."""
    pause = SHORTEST
    while True:
        yield pause
        pause = min(1.25 * pause, LONGEST)


def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Return as soon as the condition holds; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    for pause in pauses():
        if condition():
            return
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(pause)
