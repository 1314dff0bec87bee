"""From what gateways held to rows, each with the target that it has to meet."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import replace

from benchmarks.footprints.measure import Found
from benchmarks.load import Round
from benchmarks.resources import Usage
from benchmarks.rows import Row

MIB = 2**20
IDLE = 75
ADDED = 100
LOADED = 80
START = 1.0
P99_TIMES = 2.0


def rows(found: Found) -> list[Row]:
    """Start, memory, and what idle connections do to others."""
    pairs = zip(found.filled, found.before, strict=True)
    added = [filled.pss - before.pss for filled, before in pairs]
    workers = [_of_workers(usage, found.supervisors) for usage in found.loaded]
    return [
        _start(found.starts),
        _seconds("processor time until then, all processes", found.cpu),
        _memory("idle, supervisor and worker together, PSS", _pss(found.idle), IDLE),
        _memory("the same, RSS", [sum(usage.rss.values()) for usage in found.idle]),
        _memory("worker under load, RSS", workers, LOADED),
        _memory(f"what {found.connections:,} idle connections add, PSS", added, ADDED),
        *_others(found),
    ]


def _start(seconds: Sequence[float]) -> Row:
    row = _seconds("from the command to the first 200", seconds)
    met = statistics.median(seconds) < START
    return replace(row, target=f"under {START:.0f} s", met=met)


def _seconds(what: str, seconds: Sequence[float]) -> Row:
    return Row(what, f"{statistics.median(seconds):.2f} s", f"{max(seconds):.2f} s")


def _memory(what: str, held: Sequence[int], most: int | None = None) -> Row:
    median, worst = statistics.median(held) / MIB, max(held) / MIB
    cells = what, f"{median:.0f} MiB", f"{worst:.0f} MiB"
    if most is None:
        return Row(*cells)
    return Row(*cells, f"at most {most} MiB", median <= most)


def _others(found: Found) -> list[Row]:
    """How callers fare beside the idle connections."""
    pairs = zip(found.beside, found.alone, strict=True)
    ratios = [one.p99 / other.p99 if one.requests else math.inf for one, other in pairs]
    failed = sum(one.errors for one in (*found.alone, *found.beside))
    kept, ratio = min(found.held), statistics.median(ratios)
    target = f"under {P99_TIMES:.0f}"
    return [
        _p99("p99 of callers alone", found.alone),
        _p99(f"p99 beside {found.connections:,} idle connections", found.beside),
        Row("that by the first", f"{ratio:.2f}", f"{max(ratios):.2f}", target, ratio < P99_TIMES),
        Row("requests that failed", f"{failed:,}", "", "none", not failed),
        Row("idle connections that stay", f"{kept:,}", "", "all", kept == found.connections),
    ]


def _p99(what: str, rounds: Sequence[Round]) -> Row:
    milliseconds = [one.p99 for one in rounds]
    return Row(what, f"{statistics.median(milliseconds):.1f} ms", f"{max(milliseconds):.1f} ms")


def _pss(usages: Sequence[Usage]) -> list[int]:
    return [usage.pss for usage in usages]


def _of_workers(usage: Usage, supervisors: set[int]) -> int:
    return max(rss for pid, rss in usage.rss.items() if pid not in supervisors)
