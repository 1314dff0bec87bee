"""The beat of a worker's event loop, in memory that the supervisor reads."""

from __future__ import annotations

import asyncio
import time

from gateway.runtime.series import BEAT, Series

EVERY = 0.5


class Beat:
    """Writes twice a second that the loop turns."""

    def __init__(self, series: Series) -> None:
        self._series = series

    def start(self) -> None:
        """Beat for as long as the loop runs."""
        self._loop = asyncio.get_running_loop()
        self._beat()

    def _beat(self) -> None:
        self._series.values[BEAT] = time.monotonic()
        self._loop.call_later(EVERY, self._beat)
