"""Slow password hashes away from the event loop, never more than two at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from gateway.errors import Unavailable

THREADS = 2
WAITING = 32


class PasswordHashing:
    """Two threads for password hashes, and a short queue before them.

    Each hash costs tens of milliseconds and megabytes (RFC 7914): without a bound, guessing
    passwords would be a way to stop the process.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="password-hash")
        self._pending = 0

    async def run(self, verify: Callable[[], bool]) -> bool:
        """Run `verify` in a thread. Raises Unavailable when too many are waiting already."""
        if self._pending >= THREADS + WAITING:
            raise Unavailable(
                "Too many passwords are being checked; try again.", ((b"retry-after", b"2"),)
            )
        self._pending += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, verify)
        finally:
            self._pending -= 1

    def close(self) -> None:
        """Stop the threads without waiting for hashes that nobody needs any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)
