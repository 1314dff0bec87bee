"""What a worker has started and whose end is not durable."""

from __future__ import annotations

import asyncio


class Holding:
    """Attempts by run; those of a store that is gone go on with the next one."""

    def __init__(self) -> None:
        self._attempts: dict[str, int] = {}
        self._idle = asyncio.Event()
        self._idle.set()

    def __bool__(self) -> bool:
        return bool(self._attempts)

    def told(self) -> tuple[tuple[str, int], ...]:
        """Runs and attempts, for the store."""
        return tuple(self._attempts.items())

    def hold(self, run: str, attempt: int) -> None:
        """An attempt starts."""
        self._attempts[run] = attempt
        self._idle.clear()

    def let_go(self, run: str, attempt: int) -> None:
        """An attempt is over, or is not this worker's any more."""
        if self._attempts.get(run) == attempt:
            del self._attempts[run]
        if not self._attempts:
            self._idle.set()

    async def over(self) -> None:
        """Return when there is none."""
        await self._idle.wait()
