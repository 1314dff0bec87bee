"""One store on a state directory: a lock that ends with the process that has it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from gateway.runs.sqlite.fault import GIVE_UP, TRY_AGAIN, Fault


def lock(state: Path) -> int:
    """Take the lock of a state directory; the descriptor holds it as long as it is open.

    Raises a Fault that names the process that has it.
    """
    path = state / "runs.lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Fault(TRY_AGAIN, f"{path} cannot be opened: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip() or "unknown"
        os.close(descriptor)
        raise Fault(
            GIVE_UP,
            f"{state} is used by another gateway (process {holder}): "
            "each gateway needs a state directory of its own",
        ) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor
