"""What the system knows of a gateway's processes."""

from __future__ import annotations

from pathlib import Path

from tests.support.gateway import Gateway


def resident(running: Gateway) -> int:
    """Resident KiB of the one worker."""
    (worker,) = running.workers()
    for line in Path(f"/proc/{worker}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    raise AssertionError("no VmRSS")
