"""From rounds to rows: a median, its worst round, and the target it has to meet."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from benchmarks.reloads import checking, traffic
from benchmarks.rows import Row

LIVE_MS = {100: 100.0, 1000: 500.0, 10_000: 5000.0}
P99_TIMES = 3.0
QUICKER = 5.0


def live(count: int, seconds: Sequence[float]) -> Row:
    """How soon a change of one of `count` hooks is live."""
    found = [one * 1000 for one in seconds]
    median = statistics.median(found)
    target = LIVE_MS.get(count)
    return Row(
        f"{count:,} hooks, until the new one answers, beyond the quiet period",
        f"{median:.0f} ms",
        f"{max(found):.0f} ms",
        f"under {target:,.0f} ms" if target else "",
        median < target if target else None,
    )


def called(found: traffic.Traffic) -> list[Row]:
    """What callers see without reloads and with."""
    calm = [one.p99 for one in found.calm]
    busy = [one.p99 for one in found.reloading]
    ratio = statistics.median(busy) / statistics.median(calm)
    errors = sum(one.errors for one in (*found.calm, *found.reloading))
    hooks = f"{traffic.COUNT:,} hooks"
    return [
        _latency(f"p99 of callers, {hooks}, no reload", calm),
        _latency(f"p99 of callers, {hooks}, {found.reloads} reloads without a pause", busy),
        Row(
            "the second divided by the first",
            f"{ratio:.2f}",
            "",
            f"at most {P99_TIMES}",
            ratio <= 3,
        ),
        Row("requests that failed meanwhile", str(errors), "", "none", errors == 0),
    ]


def _latency(what: str, milliseconds: Sequence[float]) -> Row:
    median = statistics.median(milliseconds)
    return Row(what, f"{median:.1f} ms", f"{max(milliseconds):.1f} ms")


def checked(found: checking.Checking) -> list[Row]:
    """`gateway validate` and check-jsonschema."""
    ours, theirs = statistics.median(found.ours), statistics.median(found.theirs)
    files = f"{checking.COUNT:,} files"
    return [
        Row(f"gateway validate, {files}", f"{ours:.2f} s", f"{max(found.ours):.2f} s"),
        Row(f"check-jsonschema, {files}", f"{theirs:.2f} s", f"{max(found.theirs):.2f} s"),
        Row(
            "the second divided by the first",
            f"{theirs / ours:.1f}",
            "",
            f"at least {QUICKER:.0f}",
            theirs / ours >= QUICKER,
        ),
    ]
