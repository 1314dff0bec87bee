"""What the attempts of one process hold of its memory for bodies."""

from __future__ import annotations

from typing import Protocol

COPIES = 2
"""A request is there as it was stored, and as it is sent."""


class Memory(Protocol):
    """The memory of a process for bodies, in bytes. `held` is what is taken."""

    limit: int
    held: int


class AttemptMemory:
    """Attempts are full at half of the memory, so that callers have the rest, and until they hold
    a quarter again. Those that were assigned by then are made all the same.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._most = memory.limit // 2
        self._held = 0
        self.is_full = False

    def take(self, size: int) -> None:
        """An attempt begins whose stored request has so many bytes."""
        self._add(COPIES * size)
        if self._held >= self._most:
            self.is_full = True

    def give_back(self, size: int) -> None:
        """It ended."""
        self._add(-COPIES * size)
        if self._held <= self._most // 2:
            self.is_full = False

    def _add(self, size: int) -> None:
        self._held += size
        self._memory.held += size
