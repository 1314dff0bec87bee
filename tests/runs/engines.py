"""The engines that keep the promises of `RunStore`."""

from __future__ import annotations

from collections.abc import Callable

from tests.runs.bench import Bench, MemoryBench
from tests.runs.postgres.bench import PostgresBench
from tests.runs.sqlite.bench import SqliteBench

ENGINES: dict[str, Callable[[], Bench]] = {
    "memory": MemoryBench,
    "sqlite": SqliteBench,
    "postgres": PostgresBench,
}
