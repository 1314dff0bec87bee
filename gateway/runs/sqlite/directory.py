"""Directories whose entries survive a power cut: syncing a file does not sync its name."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def make_directory(path: Path) -> None:
    """Make it and those above it for this user alone, where they are not there."""
    if path.is_dir():
        return
    make_directory(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    # Who may not read the directory above cannot sync it, and may have a store all the same.
    with suppress(PermissionError):
        sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Write down the names in it. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
