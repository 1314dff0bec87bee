"""How long the disk takes to make a commit durable: what every acceptance waits for."""

from __future__ import annotations

import os
import time
from pathlib import Path
from statistics import median

from benchmarks.rows import Row

_SIZE = 64 * 1024
"""Bytes of a commit: about those of sixteen runs."""
_TIMES = 200


def synced(directory: Path) -> list[float]:
    """Sorted seconds of `fdatasync` after writes into a file that has its size, as a log has."""
    path = directory / "disk.bin"
    block = os.urandom(_SIZE)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    found = []
    try:
        os.posix_fallocate(descriptor, 0, _SIZE * 16)
        for number in range(_TIMES):
            os.pwrite(descriptor, block, number % 16 * _SIZE)
            begun = time.perf_counter()
            os.fdatasync(descriptor)
            found.append(time.perf_counter() - begun)
    finally:
        os.close(descriptor)
        path.unlink()
    return sorted(found)


def row(rounds: list[list[float]]) -> Row:
    """The disk's part in all that follows."""
    middle = [median(one) * 1000 for one in rounds]
    late = [one[len(one) * 99 // 100] * 1000 for one in rounds]
    return Row(
        "fdatasync of 64 KiB with nothing else running",
        f"p50 {median(middle):.2f}, p99 {median(late):.2f} ms",
        f"p50 {max(middle):.2f}, p99 {max(late):.2f} ms",
    )
