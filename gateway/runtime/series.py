"""Numbers that one process counts and another reads, in memory that outlives the one that counts.

A worker that is killed has written everything up to its last instruction: what it counted is
read from the same memory afterwards, so that totals never go back.
"""

from __future__ import annotations

import mmap
import os
import struct
from collections.abc import Iterator
from tempfile import TemporaryFile

SLOTS = 1 << 20
"""Numbers that one memory holds: 20,000 hooks with every series that a hook can have."""
NAMES = 16 * 1024 * 1024
SIZE = SLOTS * 8 + NAMES
"""Bytes; the system gives only the pages that are written."""
SPARE = 256
"""The first slots, where everything is counted that finds no place; nobody reads most of them."""

BEAT = SPARE - 1
"""The slot of the monotonic time at which a worker's event loop turned last."""

_HEAD = struct.Struct("=QQ")
"""At the start of the names: how many bytes of them are used, and how many slots."""
_ENTRY = struct.Struct("=HH")
"""Before each name: its length, and how many slots it has."""


def new_memory() -> int:
    """A descriptor of empty memory for one worker's series; the caller closes it."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("gateway-series")
    else:
        with TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.ftruncate(descriptor, SIZE)
    return descriptor


class Series:
    """The side that counts: `values[slot] += 1`, where `slot` is what `place` answered."""

    def __init__(self, descriptor: int) -> None:
        self._memory = mmap.mmap(descriptor, SIZE)
        self.values = memoryview(self._memory)[: SLOTS * 8].cast("d")
        self._known: dict[str, int] = {}
        self._bytes = 0
        self._slots = SPARE

    def place(self, name: str, count: int = 1) -> int:
        """The first of the `count` slots of a name, at most SPARE; they are 0 where it is new.

        Where no memory is left the answer is 0: what is counted there is lost, and only that.
        """
        known = self._known.get(name)
        return self._add(name, count) if known is None else known

    def _add(self, name: str, count: int) -> int:
        written = name.encode("utf-8", "replace")[:65_535]
        at = SLOTS * 8 + _HEAD.size + self._bytes
        end = at + _ENTRY.size + len(written)
        if end > SIZE or self._slots + count > SLOTS:
            return 0
        _ENTRY.pack_into(self._memory, at, len(written), count)
        self._memory[at + _ENTRY.size : end] = written
        slot = self._known[name] = self._slots
        self._bytes += _ENTRY.size + len(written)
        self._slots += count
        # A reader believes what the head counts: it is written last.
        _HEAD.pack_into(self._memory, SLOTS * 8, self._bytes, self._slots)
        return slot


class SeriesReader:
    """The side that reads, at any time, also after the one that counts has ended."""

    def __init__(self, descriptor: int) -> None:
        self._memory = mmap.mmap(descriptor, SIZE, prot=mmap.PROT_READ)
        self._values = memoryview(self._memory)[: SLOTS * 8].cast("d")
        self._places: list[tuple[str, int, int]] = []
        self._bytes = 0
        self._slot = SPARE

    def __iter__(self) -> Iterator[tuple[str, list[float]]]:
        """Each name with its numbers."""
        self._read_names()
        for name, slot, count in self._places:
            yield name, list(self._values[slot : slot + count])

    def at(self, slot: int) -> float:
        """The number in a slot."""
        return self._values[slot]

    def close(self) -> None:
        """Let go of the memory."""
        self._values.release()
        self._memory.close()

    def _read_names(self) -> None:
        used, _ = _HEAD.unpack_from(self._memory, SLOTS * 8)
        start = SLOTS * 8 + _HEAD.size
        while self._bytes < used:
            at = start + self._bytes
            length, count = _ENTRY.unpack_from(self._memory, at)
            name = self._memory[at + _ENTRY.size : at + _ENTRY.size + length].decode()
            self._places.append((name, self._slot, count))
            self._slot += count
            self._bytes += _ENTRY.size + length
