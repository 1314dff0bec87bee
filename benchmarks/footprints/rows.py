"""From what gateways held to rows, each with the target that it has to meet."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from benchmarks.footprints.measure import Found
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
        _memory("idle, supervisor and worker together, PSS", _pss(found.idle), IDLE),
        _memory("the same, RSS", [sum(usage.rss.values()) for usage in found.idle]),
        _memory("worker under load, RSS", workers, LOADED),
        _memory(f"what {found.connections:,} idle connections add, PSS", added, ADDED),
        *_others(found),
    ]


def _start(seconds: Sequence[float]) -> Row:
    median = statistics.median(seconds)
    what = "from the command to the first 200"
    target = f"under {START:.0f} s"
    return Row(what, f"{median:.2f} s", f"{max(seconds):.2f} s", target, median < START)


def _memory(what: str, held: Sequence[int], most: int | None = None) -> Row:
    median, worst = statistics.median(held) / MIB, max(held) / MIB
    cells = what, f"{median:.0f} MiB", f"{worst:.0f} MiB"
    if most is None:
        return Row(*cells)
    return Row(*cells, f"at most {most} MiB", median <= most)


def _others(found: Found) -> list[Row]:
    """How callers fare beside the idle connections."""
    alone = statistics.median(one.p99 for one in found.alone)
    beside = statistics.median(one.p99 for one in found.beside)
    failed = sum(one.errors for one in (*found.alone, *found.beside))
    kept = min(found.held)
    return [
        Row("p99 of callers alone", f"{alone:.1f} ms", f"{max(o.p99 for o in found.alone):.1f} ms"),
        Row(
            f"p99 beside {found.connections:,} idle connections",
            f"{beside:.1f} ms",
            f"{max(o.p99 for o in found.beside):.1f} ms",
            f"under {P99_TIMES:.0f} times",
            beside < P99_TIMES * alone,
        ),
        Row("requests that failed", f"{failed:,}", "", "none", not failed),
        Row(
            "idle connections that stay open",
            f"{kept:,}",
            "",
            "all",
            kept == found.connections,
        ),
    ]


def _pss(usages: Sequence[Usage]) -> list[int]:
    return [usage.pss for usage in usages]


def _of_workers(usage: Usage, supervisors: set[int]) -> int:
    return max(rss for pid, rss in usage.rss.items() if pid not in supervisors)
