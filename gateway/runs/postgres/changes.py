"""Who waits in this process for a run to change."""

from __future__ import annotations

import asyncio


class Changes:
    """Futures by run, each for the next change of it that this process hears of."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Future[None]]] = {}

    def expect(self, run: str) -> asyncio.Future[None]:
        """Done when the run has changed; to be forgotten by whoever asked."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(run, set()).add(future)
        return future

    def tell(self, run: str) -> None:
        """A run has changed."""
        for future in self._waiting.get(run, ()):
            if not future.done():
                future.set_result(None)

    def forget(self, run: str, future: asyncio.Future[None]) -> None:
        """Nobody waits for this any more."""
        waiting = self._waiting.get(run, set())
        waiting.discard(future)
        if not waiting:
            self._waiting.pop(run, None)
