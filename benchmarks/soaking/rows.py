"""From what a soak found to rows, each with the target that it has to meet."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from benchmarks.reloads.footprint import Footprint
from benchmarks.rows import Row
from benchmarks.soaking.run import Found

LONG = 300.0
"""Seconds from which on memory says something; before, workers still warm up."""
GROWTH = 10 * 2**20
MORE_FILES = 4
"""The supervisor keeps what a killed worker counted; a leak would be of one a reload or a kill."""
FAULTS = {502, 503, 504}
"""Of a hook whose workflow is faulty: 503 while the workflow is left alone."""


def rows(found: Found) -> list[Row]:
    """Every promise of a soak."""
    return [*_done(found), *_requests(found), _metrics(found), *_footprints(found)]


def _done(found: Found) -> list[Row]:
    done, account = found.trouble, found.account
    back = max(done.back, default=0.0)
    return [
        Row("reloads", f"{done.reloads:,}", "", "the last one serves", found.reloaded),
        Row("workers killed", f"{done.kills:,}", f"back after {back:.1f} s at most"),
        Row(
            "callers that left; slow clients that ended", f"{account.left:,}; {account.slow:,}", ""
        ),
    ]


def _requests(found: Found) -> list[Row]:
    account = found.account
    wrong = [number for number in account.succeeded if found.ledger.times(number) != 1]
    unexpected = [
        f"{count:,} times {status} of {hook} ({problem})"
        for (hook, status, problem), count in account.problems.items()
        if not (hook == "faulty" and status in FAULTS)
    ]
    steady = account.answered["steady", 200]
    faults = sum(count for (hook, status), count in account.answered.items() if hook == "faulty")
    return [
        Row(f"lost of {steady + faults:,} requests", *_told(account.lost)),
        Row("cut by the end of a worker", f"{account.cut:,}", ""),
        Row("answers that neither hook should give", *_told(unexpected)),
        Row(f"not run exactly once of {steady:,} answered 200", *_told(list(map(str, wrong)))),
        Row(
            "runs of one request, at most", str(found.ledger.most), "", "1", found.ledger.most == 1
        ),
    ]


def _told(problems: Sequence[str]) -> tuple[str, str, str, bool]:
    return f"{len(problems):,}", "; ".join(problems[:3]), "none", not problems


def _metrics(found: Found) -> Row:
    """A request that was cut may have been counted; one that was answered may not have been, where
    its worker was killed in the very moment between.
    """
    account = found.account
    differences = {
        f"{hook} {status}": difference
        for hook, status in sorted(found.counted.keys() | account.answered.keys())
        if (difference := found.counted[hook, status] - account.answered[hook, status])
    }
    explained = account.cut + found.trouble.kills
    unlike = sum(map(abs, differences.values()))
    return Row(
        "gateway_requests_total beside what callers counted",
        f"{unlike:,} apart",
        "; ".join(f"{what}: {amount:+,}" for what, amount in differences.items()),
        f"at most those of killed workers ({explained:,})",
        unlike <= explained,
    )


def _footprints(found: Found) -> list[Row]:
    warm, last = _typical(found.footprints, 0.05, 0.15), _typical(found.footprints, 0.9, 1.0)
    before, after = found.sockets
    long = found.plan.seconds >= LONG
    return [
        Row(
            "resident memory of all processes at 10 % and at the end",
            f"{warm.memory / 2**20:.0f} → {last.memory / 2**20:.0f} MiB",
            "",
            f"grows by under {GROWTH / 2**20:.0f} MiB" if long else "",
            last.memory - warm.memory < GROWTH if long else None,
        ),
        Row(
            "open files that are not sockets then and at the end",
            f"{warm.files} → {last.files}",
            "",
            f"at most {MORE_FILES} more",
            last.files <= warm.files + MORE_FILES,
        ),
        Row(
            "sockets before, and when all callers have gone",
            f"{before} → {after}",
            "",
            "no more",
            after <= before,
        ),
    ]


def _typical(footprints: Sequence[Footprint], start: float, end: float) -> Footprint:
    """The median of a part of the time: a worker that is just starting does not count."""
    count = len(footprints)
    part = footprints[int(count * start) : max(1, round(count * end))] or footprints[-1:]
    return Footprint(
        round(statistics.median(one.memory for one in part)),
        round(statistics.median(one.files for one in part)),
    )
