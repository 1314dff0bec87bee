"""Properties that are tried with many requests: `python -m MODULE NUMBER`, for each of them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from random import Random

Property = Callable[[Random], object]


def prove_all(properties: Iterable[Property]) -> None:
    """Try every property; the seed of a request that breaks one is its number."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    for prove in properties:
        started = time.perf_counter()
        for seed in range(number):
            try:
                prove(Random(seed))  # noqa: S311 - chance, not a secret
            except AssertionError:
                print(f"{prove.__name__} does not hold for {seed}")  # noqa: T201 - a command
                raise
        seconds = time.perf_counter() - started
        print(f"{number} requests in {seconds:.0f} s: {prove.__name__}", flush=True)  # noqa: T201
