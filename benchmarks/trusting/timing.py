"""Whether the time of a refusal tells how much of a credential was right."""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.trusting.trials import Refusal, Trial, trials

PAIRS = 40
"""Pairs of secrets: the differences of so many are what is tested."""
WARM_UP = 100
TRIMMED = 0.25
"""Of the times at either end: interrupts, and whoever else uses the machine."""
FLIPS = 20_000


@dataclass(frozen=True)
class Difference:
    """How many ns later credentials are refused of which nearly all is right, by the mean over all
    pairs of secrets, and how likely at least so much is where it makes no difference.
    """

    what: str
    count: int
    nanoseconds: float
    p: float


def measure(workdir: Path, count: int, seed: int) -> list[Difference]:
    """Time `count` refusals of each kind where nearly all was right, and as many where nothing
    was, in an order that chance decides. The last is the control.
    """
    chance = random.Random(seed)  # noqa: S311 - a benchmark that can be repeated
    found = []
    for what, doors in trials(workdir, chance, PAIRS):
        differences = [_difference(trial, count // PAIRS, chance) for trial in doors]
        mean = statistics.mean(differences)
        found.append(Difference(what, count, mean, _sign_flips(differences, chance)))
    return found


def _difference(trial: Trial, count: int, chance: random.Random) -> float:
    order = [0, 1] * count
    chance.shuffle(order)
    for far in order[:WARM_UP]:
        trial.draw(far, chance)()
    gc.collect()
    gc.disable()
    try:
        timed = [_nanoseconds(trial.draw(far, chance)) for far in order]
    finally:
        gc.enable()
    near, far_off = (
        _typical([one for one, far in zip(timed, order, strict=True) if far == kind])
        for kind in (0, 1)
    )
    return near - far_off


def _nanoseconds(refusal: Refusal) -> int:
    started = time.perf_counter_ns()
    refusal()
    return time.perf_counter_ns() - started


def _typical(times: list[int]) -> float:
    """The trimmed mean: as steady as the median, and finer than the clock."""
    cut = int(len(times) * TRIMMED)
    return statistics.mean(sorted(times)[cut : len(times) - cut])


def _sign_flips(differences: Sequence[float], chance: random.Random) -> float:
    """The two-sided p-value of the sign-flip test: were there no difference, each could as well
    have come out with the other sign.
    """
    found = abs(sum(differences))
    as_far = sum(
        abs(sum(one if chance.getrandbits(1) else -one for one in differences)) >= found
        for _ in range(FLIPS)
    )
    return (as_far + 1) / (FLIPS + 1)
