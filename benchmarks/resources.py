"""Memory and processor time of a server, all its processes together, read from /proc."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.processes import Running

TICKS = os.sysconf("SC_CLK_TCK")
KIB = 1024


@dataclass
class Usage:
    """Peaks in bytes: PSS summed over the processes, and RSS of each process by its id."""

    pss: int = 0
    rss: dict[int, int] = field(default_factory=dict)

    def look(self, pids: list[int]) -> None:
        total = 0
        for pid in pids:
            pss, rss = _memory(pid)
            total += pss
            self.rss[pid] = max(rss, self.rss.get(pid, 0))
        self.pss = max(self.pss, total)

    @property
    def largest_rss(self) -> int:
        return max(self.rss.values(), default=0)


@contextmanager
def watched(server: Running, usage: Usage, every: float = 0.5) -> Iterator[None]:
    """Adds to `usage`, `every` so many seconds, what `server` holds while the block runs."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(every):
            usage.look(server.pids())

    thread = threading.Thread(target=watch, name=f"watch {server.name}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        usage.look(server.pids())


def cpu_seconds(server: Running) -> float:
    """User and system time so far, with that of children that already ended."""
    return sum(process_ticks(pid) for pid in server.pids()) / TICKS


def process_ticks(pid: int) -> int:
    """User and system time of one process so far, in ticks of which a second has TICKS."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(int(value) for value in fields[11:15])
    return 0


def _memory(pid: int) -> tuple[int, int]:
    found = {"Pss": 0, "Rss": 0}
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            key, _, rest = line.partition(":")
            if key in found:
                found[key] = int(rest.split()[0]) * KIB
    return found["Pss"], found["Rss"]
