"""Computing beside the traffic, which needs the same interpreter."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

TURN = 0.0005
"""Seconds of work after which others have their turn."""
REST = 0.001
"""Seconds that are theirs."""


class Turns:
    """Shares the interpreter between a thread that computes and the event loop, so that callers
    notice little. `busy` tells whether there is anybody to share it with.
    """

    def __init__(self, busy: Callable[[], bool]) -> None:
        self._busy = busy
        self._worked_until = 0.0

    @contextmanager
    def taken(self) -> Iterator[None]:
        """The event loop asks for the interpreter several times a request, and each time waits for
        a computing thread as long as the switch interval, which is 5 ms otherwise.
        """
        before = sys.getswitchinterval()
        sys.setswitchinterval(TURN)
        try:
            yield
        finally:
            sys.setswitchinterval(before)

    def rest(self) -> None:
        """To be called often while computing: rest when it is time to."""
        if time.thread_time() < self._worked_until:
            return
        if self._busy():
            time.sleep(REST)
        self._worked_until = time.thread_time() + TURN
