"""What callers notice while one reload follows another."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

from benchmarks import load
from benchmarks.load import Round
from benchmarks.processes import PeerError
from benchmarks.reloads.ground import Ground, ground
from benchmarks.scenario import Scenario

COUNT = 1000
WARM_UP = 2


@dataclass
class Traffic:
    """Rounds in turn without reloads and with; `reloads` are those of all rounds together."""

    calm: list[Round] = field(default_factory=list)
    reloading: list[Round] = field(default_factory=list)
    reloads: int = 0


def measure(workdir: Path, scenario: Scenario, rounds: int, seconds: int) -> Traffic:
    """Load the scenario's hook, one of `COUNT`, while the others stay as they are or are reloaded
    without a pause.
    """
    found = Traffic()
    with ground(workdir, scenario, COUNT) as place:
        wrk = load.prepare(scenario, workdir, threads=1)
        wrk.run(place.port, WARM_UP)
        for _ in range(rounds):
            found.calm.append(wrk.run(place.port, seconds))
            with _reloads(place) as count:
                found.reloading.append(wrk.run(place.port, seconds))
            found.reloads += len(count)
    return found


@contextmanager
def _reloads(place: Ground) -> Iterator[list[float]]:
    """Two sets of files, swapped as soon as the one before serves; written beforehand, so that
    writing them costs nobody anything now.
    """
    sets = {name: place.volume.payload(place.marked(name)) for name in ("set-a", "set-b")}
    answered: list[float] = []
    failed: list[PeerError] = []
    over = threading.Event()

    def swap() -> None:
        try:
            for name, payload in cycle(sets.items()):
                if over.is_set():
                    return
                place.volume.swap(payload)
                answered.append(place.until_answered(name))
        except PeerError as error:
            failed.append(error)

    thread = threading.Thread(target=swap, name="reloads")
    thread.start()
    try:
        yield answered
    finally:
        over.set()
        thread.join()
    if failed:
        raise failed[0]
