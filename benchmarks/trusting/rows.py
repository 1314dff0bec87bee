"""From rounds to rows, each with the target that it has to meet."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from benchmarks.load import Round
from benchmarks.rows import Row
from benchmarks.trusting.guesses import RATE, Guesses
from benchmarks.trusting.signed import Signed
from benchmarks.trusting.timing import Difference

LEAST_RATE = 0.85
P99_TIMES = 2.0
UNLIKELY = 0.001
"""Below this a difference is no accident any more; six trials give a false alarm once in 170."""


def signed(found: Signed) -> list[Row]:
    """The hook with a signature beside the one with a token."""
    ratios = [one.rate / other.rate for one, other in zip(found.github, found.bearer, strict=True)]
    ratio = statistics.median(ratios)
    return [
        _throughput("10 KiB body, bearer token", found.bearer),
        _throughput("10 KiB body, signed by GitHub", found.github),
        Row(
            "the second divided by the first",
            f"{ratio:.2f}",
            f"{min(ratios):.2f}",
            f"at least {LEAST_RATE}",
            ratio >= LEAST_RATE,
        ),
        _none_failed([*found.bearer, *found.github]),
    ]


def guessed(found: Guesses) -> list[Row]:
    """Callers who know the password, alone and beside guessers."""
    calm = [one.p99 for one in found.calm]
    rows = [_latency("p99 of callers with their password", calm)]
    for kind, rounds in found.guessed.items():
        p99 = [one.p99 for one in rounds]
        rate = statistics.median(found.rates[kind])
        ratio = statistics.median(p99) / statistics.median(calm)
        rows += [
            _latency(f"the same beside {rate:.0f} wrong passwords a second from {kind}", p99),
            Row(
                "that by the first",
                f"{ratio:.2f}",
                "",
                f"under {P99_TIMES:.0f} at {RATE} a second",
                ratio < P99_TIMES and rate >= RATE,
            ),
        ]
    everybody = [*found.calm, *(one for rounds in found.guessed.values() for one in rounds)]
    return [*rows, _none_failed(everybody)]


def timed(found: Sequence[Difference]) -> list[Row]:
    """Whether refusals take as long whatever was right; the last one is the control."""
    *trials, control = found
    return [
        *(_difference(one, f"no difference (p = {one.p:.3f})", one.p > UNLIKELY) for one in trials),
        _difference(control, f"control: seen (p = {control.p:.5f})", control.p < UNLIKELY),
    ]


def _difference(one: Difference, target: str, met: bool) -> Row:
    what = f"{one.what}: refused later where nearly all is right, {one.count:,} of each"
    return Row(what, f"{one.nanoseconds:+.1f} ns", "", target, met)


def _throughput(what: str, rounds: Sequence[Round]) -> Row:
    rates = [one.rate for one in rounds]
    return Row(what, f"{statistics.median(rates):,.0f} req/s", f"{min(rates):,.0f} req/s")


def _latency(what: str, milliseconds: Sequence[float]) -> Row:
    median = statistics.median(milliseconds)
    return Row(what, f"{median:.1f} ms", f"{max(milliseconds):.1f} ms")


def _none_failed(rounds: Sequence[Round]) -> Row:
    errors = sum(one.errors for one in rounds)
    return Row("requests of theirs that failed", str(errors), "", "none", errors == 0)
