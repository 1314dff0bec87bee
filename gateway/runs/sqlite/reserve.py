"""Space on the disk that is kept for the day when there is none: a full disk refuses deletions."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


class Reserve:
    """A file of `size` bytes beside the database, given up for results and purges; 0: none."""

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._size = size
        self.held = False
        """Whether the room is there. Without it nothing new should be stored."""

    def take(self) -> bool:
        """Allocate the file, where as much would be free beside it; whether it is there."""
        if not self._size:
            self.held = True
        if not self.held:
            with suppress(OSError):
                if self._path.is_symlink():
                    self._path.unlink()
                self.held = self._allocated()
        return self.held

    def give_up(self) -> bool:
        """Remove the file; whether there was one to remove."""
        self.held = False
        try:
            self._path.unlink()
        except OSError:
            return False
        return True

    def _allocated(self) -> bool:
        descriptor = os.open(self._path, _FLAGS, 0o600)
        try:
            missing = self._size - os.fstat(descriptor).st_blocks * 512
            free = os.fstatvfs(descriptor)
            if missing > 0 and free.f_bavail * free.f_frsize < missing + self._size:
                self._path.unlink()
                return False
            os.posix_fallocate(descriptor, 0, self._size)
        except OSError:
            self._path.unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)
        return True
