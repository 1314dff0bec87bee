"""What a server holds: memory, and open files that are not connections."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import Running

PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Footprint:
    """Of all processes of a server together; memory is resident, in bytes."""

    memory: int
    files: int

    @classmethod
    def of(cls, server: Running) -> Footprint:
        """Now."""
        pids = server.pids()
        return cls(sum(map(_memory, pids)), sum(map(_files, pids)))


def _memory(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    return 0


def _files(pid: int) -> int:
    count = 0
    with suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                count += not os.readlink(entry).startswith("socket:")
    return count
