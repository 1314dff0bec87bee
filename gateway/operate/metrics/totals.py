"""The series of all workers as one: sums that never go back when a worker ends."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from operator import add

from gateway.operate.metrics.families import COUNTED, SEPARATOR, Family
from gateway.runtime.series import SeriesReader

Numbers = list[float]
_FAMILIES: Mapping[str, Family] = {family.name: family for family in COUNTED}
_PASSING = ("gauge", "highest")
"""Kinds whose numbers end with their worker."""


class Totals:
    """What every worker counted, those that have ended included. For any thread."""

    def __init__(self) -> None:
        self._ended: dict[str, Numbers] = {}
        self._lock = threading.Lock()
        self._readers: dict[int, SeriesReader] = {}

    def add(self, worker: int, memory: int) -> None:
        """Read the memory of a worker from now on; the descriptor may be closed."""
        with self._lock:
            self._readers[worker] = SeriesReader(memory)

    def end(self, worker: int) -> None:
        """Keep what a worker counted that has ended."""
        with self._lock:
            reader = self._readers.pop(worker, None)
            if reader is not None:
                _sum(self._ended, _lasting(reader))
                reader.close()

    def __call__(self) -> dict[str, dict[tuple[str, ...], Numbers]]:
        """Numbers by the values of the labels, by the name of the metric."""
        with self._lock:
            found = {name: list(numbers) for name, numbers in self._ended.items()}
            for reader in self._readers.values():
                _sum(found, reader)
        series: dict[str, dict[tuple[str, ...], Numbers]] = {name: {} for name in _FAMILIES}
        for name, numbers in found.items():
            metric, *labels = name.split(SEPARATOR)
            series[metric][tuple(labels)] = numbers
        return series


def _lasting(reader: SeriesReader) -> Iterable[tuple[str, Numbers]]:
    return ((name, numbers) for name, numbers in reader if _kind(name) not in _PASSING)


def _kind(name: str) -> str:
    return _FAMILIES[name.partition(SEPARATOR)[0]].kind


def _sum(total: dict[str, Numbers], series: Iterable[tuple[str, Numbers]]) -> None:
    for name, numbers in series:
        known = total.get(name)
        if known is None:
            total[name] = numbers
        elif _kind(name) == "highest":
            total[name] = list(map(max, known, numbers))
        else:
            total[name] = list(map(add, known, numbers))
