"""`python -m tests.faults [ROW…]`: faults at full size, each with its ledger.

The exit status is 1 where something was lost. What a row that fails has left is kept.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from tests.faults import (
    damage,
    disks,
    drains,
    gaps,
    kills,
    lanes,
    pending,
    poison,
    powercuts,
    waits,
)
from tests.faults.shared import fleet, network, servers

ROWS: dict[str, Callable[[Path], tuple[bool, list[str]]]] = {
    "kills": kills.full,
    "gaps": gaps.full,
    "powercuts": powercuts.full,
    "disks": disks.full,
    "damage": damage.full,
    "drains": drains.full,
    "lanes": lanes.full,
    "pending": pending.full,
    "poison": poison.full,
    "waits": waits.full,
    "gateway-killed": fleet.killed,
    "gateways-restarted": fleet.restarted,
    "primary-killed": servers.primary,
    "primary-stopped": servers.stopped,
    "standbys-killed": servers.standbys,
    "failover": servers.failover,
    "failover-silent": servers.silent,
    "failover-asynchronous": servers.lossy,
    "network-cut": network.full,
    "pooler": servers.pooled,
}


def main(chosen: list[str]) -> int:
    """Run the rows that were chosen, or all; the exit status."""
    held = [_row(name) for name in chosen or ROWS]
    return 0 if all(held) else 1


def _row(name: str) -> bool:
    directory = Path(tempfile.mkdtemp(prefix=f"gateway-{name}-"))
    begun = time.monotonic()
    try:
        holds, lines = ROWS[name](directory)
    except Exception:
        holds, lines = False, [traceback.format_exc()]
    seconds = time.monotonic() - begun
    print(f"{name}: {'holds' if holds else f'FAILS, see {directory}'}, {seconds:.0f} s")  # noqa: T201
    for line in lines:
        print(f"  {line}", flush=True)  # noqa: T201
    if holds:
        shutil.rmtree(directory)
    return holds


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
