"""Watching that the workers' event loops turn: one that stands still is killed and replaced."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

import structlog

from gateway.processes.child import Child

START = 60.0
"""Seconds that a worker may take to its first beat."""
EVERY = 0.5
_log = structlog.get_logger("gateway")


class Watch:
    """Looks at the beats of all workers twice a second.

    `still` is after how many seconds without a beat a worker serves nobody any more.
    """

    def __init__(self, children: Mapping[int, Child], still: float) -> None:
        self._children = children
        self._still = still

    async def run(self) -> None:
        """Until cancelled."""
        last = time.monotonic()
        while True:
            await asyncio.sleep(EVERY)
            now = time.monotonic()
            # Where the supervisor itself stood still, so did everything: nobody is to blame.
            if now - last < 4 * EVERY:
                for child in list(self._children.values()):
                    self._judge(child, now)
            last = now

    def _judge(self, child: Child, now: float) -> None:
        beat = child.beat
        since, patience = (beat, self._still) if beat else (child.started, START)
        if now - since > patience:
            _log.error(
                "a worker's event loop is blocked; the worker is killed",
                process=child.process,
                seconds=round(now - since, 1),
            )
            child.kill()
