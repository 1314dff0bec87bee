"""Work that is too long for the event loop, in a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")

SMALL = 16 * 1024
"""Bytes that are quicker worked on at once than handed over (0.1 ms)."""


class Offloading:
    """One thread for what is done with large bodies.

    The interpreter is shared: a second thread would only make the event loop wait for two.
    """

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        """Held by whoever keeps much memory meanwhile."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="large-body")

    async def run(self, size: int, work: Callable[[], Result]) -> Result:
        """The result of work on `size` bytes; what it raises is raised."""
        if size <= SMALL:
            return work()
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def close(self) -> None:
        """Stop the thread; work that waits is not begun."""
        self._thread.shutdown(wait=False, cancel_futures=True)
