"""Whether a store does anything: its process may be stopped, or in a call without end."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import structlog

EVERY = 2.0
"""Seconds from one look to the next."""
TELL = 3
"""Looks without an answer, after which the store is said to be unavailable."""
KILL = 15
"""Looks without an answer, after which another store takes its place."""
_log = structlog.get_logger("gateway.store")


class Pulse:
    """Counts looks and not seconds, so that a supervisor which stood still itself blames nobody.

    `ask` asks the store for an answer, and returns whether it could.
    """

    def __init__(self, process: int, ask: Callable[[], bool]) -> None:
        self._process = process
        self._ask = ask
        self._begun = self._asked = False
        self._missed = 0

    @property
    def problem(self) -> str:
        """Why the store is unavailable, in words; empty where it answers."""
        return "the store does not answer" if self._missed >= TELL else ""

    def begin(self) -> None:
        """The store has started; before, it may take as long as it takes."""
        self._begun = True

    def answered(self) -> None:
        """The store is there."""
        if self.problem:
            _log.warning("the store answers again", process=self._process)
        self._asked, self._missed = False, 0

    def missed(self) -> None:
        """Nothing was heard since the last look."""
        if not self._begun:
            return
        self._asked = self._asked or self._ask()
        self._missed += 1
        if self._missed == TELL:
            _log.error("the store does not answer", process=self._process)
        if self._missed >= KILL and not _waits_for_disk(self._process):
            seconds = round(self._missed * EVERY)
            _log.error("the store is killed", process=self._process, silent_seconds=seconds)
            with suppress(ProcessLookupError):
                os.kill(self._process, signal.SIGKILL)


def _waits_for_disk(process: int) -> bool:
    """A store that the kernel keeps in a call cannot be killed, and goes on once the disk does."""
    with suppress(OSError):
        # The name of the program, which may be anything, is in parentheses before the state.
        stat = Path(f"/proc/{process}/stat").read_bytes()
        return stat.rpartition(b")")[2].split()[0] == b"D"
    return False
