"""One store on a state directory: a lock that ends with the process that has it."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from gateway.runs.sqlite.fault import TRY_AGAIN, Fault, InUse

PATIENCE = 2.0
"""Seconds for which a store whose supervisor was killed may not have noticed it."""
LEAVING = 65.0
"""Seconds that it takes to leave, at most, once it has."""
_AGAIN = 0.05
_LEAVES = "leaves"
_WIDTH = 30


def lock(state: Path, patience: float = PATIENCE) -> int:
    """Take the lock of a state directory; the descriptor holds it as long as it is open.

    One that leaves is waited for. Raises InUse, and other Faults.
    """
    path = state / "runs.lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise Fault(TRY_AGAIN, f"{path} cannot be opened: {error.strerror}") from error
    since = time.monotonic()
    while not _is_taken(descriptor):
        holder, _, word = os.pread(descriptor, 40, 0).decode("ascii", "replace").partition(" ")
        if time.monotonic() - since > (LEAVING if word.strip() == _LEAVES else patience):
            os.close(descriptor)
            raise InUse(state, holder.strip() or "unknown")
        time.sleep(_AGAIN)
    _write(descriptor, str(os.getpid()))
    return descriptor


def leave(descriptor: int) -> None:
    """Say to who waits for the lock that it will be free."""
    _write(descriptor, f"{os.getpid()} {_LEAVES}")


def _is_taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _write(descriptor: int, text: str) -> None:
    # Of one length, so that nobody reads half of it.
    os.pwrite(descriptor, f"{text:<{_WIDTH}}\n".encode(), 0)
