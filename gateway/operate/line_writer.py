"""Writing lines from a thread of its own: whoever reads the log cannot stop the process."""

from __future__ import annotations

import os
import select
import stat
import time
from collections import deque
from collections.abc import Callable
from multiprocessing.util import Finalize
from threading import Event, Thread

WAITING = 4 * 1024 * 1024
"""Bytes that may wait for a reader that is slow; lines beyond are lost, and counted."""

GATHER = 0.1
"""Seconds between a first line and its writing, so that a busy process writes seldom."""

ATOMIC = select.PIPE_BUF
"""Bytes that a pipe takes as one piece, so that lines of several workers do not mix."""

PIECE = 64 * 1024
"""Bytes that a file is given at once: each writing hands the interpreter over and back."""

PARTING = 1.0
"""Seconds that the end of the process waits for the last lines to be read."""


class LineWriter:
    """Lines on their way to a file descriptor. `lost` is told how many were given up.

    A pipe that nobody reads fills up, a terminal can be stopped with ^S: writing then blocks,
    which only this thread notices. A reader that went away costs the lines, nothing else.
    """

    def __init__(self, descriptor: int, lost: Callable[[int], None]) -> None:
        self._descriptor = descriptor
        self._piece = PIECE if stat.S_ISREG(os.fstat(descriptor).st_mode) else ATOMIC
        self._tell_lost = lost
        self._lines: deque[bytes] = deque()
        self._taken = 0
        self._written = 0
        self._lost = 0
        self._wake = Event()
        self._closing = False
        self._thread = Thread(target=self._run, name="log", daemon=True)
        self._thread.start()
        Finalize(None, self.close, exitpriority=0)

    def write(self, line: bytes) -> None:
        """Take a line, ended by a newline. Never blocks, never fails."""
        if self._taken - self._written > WAITING:
            self._lost += 1
            return
        self._taken += len(line)
        self._lines.append(line)
        if not self._wake.is_set():
            self._wake.set()

    def close(self) -> None:
        """Write what waits, as long as somebody reads it within `PARTING` seconds."""
        self._closing = True
        self._wake.set()
        self._thread.join(PARTING)

    def _run(self) -> None:
        while not self._closing:
            self._wake.wait()
            if not self._closing:
                time.sleep(GATHER)
            self._wake.clear()
            self._drain()

    def _drain(self) -> None:
        while self._lines:
            size = 0
            batch: list[bytes] = []
            while self._lines and (not batch or size + len(self._lines[0]) <= self._piece):
                batch.append(self._lines.popleft())
                size += len(batch[-1])
            self._deliver(b"".join(batch))
            self._written += size
        lost, self._lost = self._lost, 0
        if lost:
            self._tell_lost(lost)

    def _deliver(self, batch: bytes) -> None:
        try:
            while batch:
                try:
                    batch = batch[os.write(self._descriptor, batch) :]
                except BlockingIOError:
                    select.select((), (self._descriptor,), ())
        except OSError:
            pass
