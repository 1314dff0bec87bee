"""What Ctrl-C does before a command runs, while it runs, and after it."""

from __future__ import annotations

import os
import signal
from types import FrameType

INTERRUPTED = 130
"""The exit status of what Ctrl-C has ended: 128 and the number of SIGINT."""


def begin() -> None:
    """End the process at once: an exception would be raised in the middle of an import."""
    # A job in the background of a script is started with SIGINT ignored.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _leave)


def run() -> None:
    """Raise KeyboardInterrupt: a command is there, which may have something to say."""
    if signal.getsignal(signal.SIGINT) is _leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def end() -> None:
    """Do nothing: the exit status is known, and little is left."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _leave(_number: int, _frame: FrameType | None) -> None:
    os._exit(INTERRUPTED)
