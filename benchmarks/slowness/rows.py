"""From rounds beside slow clients to rows, each with the target that it has to meet."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence

from benchmarks.load import Round
from benchmarks.rows import Row
from benchmarks.slowness.measure import Found

P99_TIMES = 2.0
PROBE_MS = 100.0


def rows(found: Found) -> list[Row]:
    """What slow clients cost, and how late probes are."""
    everybody = [*found.alone, *(one for rounds in found.beside.values() for one in rounds)]
    failed = sum(one.errors for one in everybody)
    return [
        _latency("p99 of callers alone", found.alone),
        *(row for name in found.beside for row in _mode(found, name)),
        Row("requests that failed", f"{failed:,}", "", "none", not failed),
        *_probes(found),
    ]


def _mode(found: Found, name: str) -> Iterator[Row]:
    rounds = found.beside[name]
    ratios = [_ratio(one, other) for one, other in zip(rounds, found.alone, strict=True)]
    ratio, fewest = statistics.median(ratios), min(found.open[name])
    yield _latency(f"beside {found.connections} {name}; {fewest} open", rounds)
    target = f"under {P99_TIMES:.0f}"
    yield Row("that by the first", f"{ratio:.2f}", f"{max(ratios):.2f}", target, ratio < P99_TIMES)


def _ratio(beside: Round, alone: Round) -> float:
    """Infinite where nobody was answered: then no answer was late."""
    return beside.p99 / alone.p99 if beside.requests else math.inf


def _latency(what: str, rounds: Sequence[Round]) -> Row:
    p99 = [one.p99 for one in rounds]
    return Row(what, f"{statistics.median(p99):.1f} ms", f"{max(p99):.1f} ms")


def _probes(found: Found) -> Iterator[Row]:
    """The median and the slowest; the target is for the slowest."""
    yield _probe("a probe, nobody connected", found.quiet)
    for path, seconds in found.probed.items():
        met = max(seconds) * 1000 < PROBE_MS
        what = f"{path} beside {found.silent:,} silent connections; open to the end"
        yield _probe(f"{what} {min(found.held):,}", seconds, f"all under {PROBE_MS:.0f} ms", met)


def _probe(what: str, seconds: Sequence[float], target: str = "", met: bool | None = None) -> Row:
    median, slowest = statistics.median(seconds) * 1000, max(seconds) * 1000
    return Row(what, f"{median:.1f} ms", f"{slowest:.1f} ms", target, met)
