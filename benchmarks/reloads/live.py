"""From the rename of `..data` to the first answer by a new hook."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from benchmarks.reloads.ground import Ground, ground
from benchmarks.scenario import Scenario
from gateway.reload.settle import QUIET

PAUSE = 0.5


def measure(workdir: Path, scenario: Scenario, count: int, rounds: int) -> list[float]:
    """Seconds beyond the quiet period, of each round; the first change after a start is one of
    them. Every file of a round is new, as kubelet writes it, and one differs.
    """
    with ground(workdir, scenario, count) as place:
        return [change(place, f"round-{number}") for number in range(rounds)]


def change(place: Ground, name: str) -> float:
    """Seconds beyond the quiet period until a new hook answers; one file of many differs."""
    renamed = 0.0

    def after(step: str) -> None:
        nonlocal renamed
        if step == "temporary link":
            renamed = time.perf_counter()

    # What kubelet does after the rename, removing the old directory, goes on meanwhile.
    writer = threading.Thread(target=place.volume.write, args=(place.marked(name), after))
    writer.start()
    answered = place.until_answered(name)
    writer.join()
    time.sleep(PAUSE)
    return answered - renamed - QUIET
