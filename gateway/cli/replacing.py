"""A file replaced as a whole: whoever reads it sees all of the old or all of the new."""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gateway.errors import OperatorError


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other commands from replacing files of the same directory meanwhile."""
    try:
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise OperatorError(f"cannot open {path.parent}: {error.strerror}") from error
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        yield
    finally:
        os.close(directory)


def replace(path: Path, before: bytes, after: bytes) -> None:
    """Put `after` in place of `before`, with the same mode and, where that is allowed, owner.

    The new file is written beside the old one, under a name that begins with a dot and is no
    hook. Raises OperatorError, and nothing has changed, where it cannot be written or where the
    file is no longer what was read.
    """
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            _fill(descriptor, after, path.stat())
            if Path(name).read_bytes() != after:
                raise OperatorError(f"{path.parent} does not keep written files")
            if path.read_bytes() != before:
                raise OperatorError(f"{path} changed while the command ran; try again")
            # From here on the new file is the one that is read.
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise OperatorError(f"cannot write {path}: {error.strerror}") from error


def _fill(descriptor: int, data: bytes, like: os.stat_result) -> None:
    with open(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        with suppress(PermissionError):
            os.fchown(descriptor, like.st_uid, like.st_gid)
        os.fchmod(descriptor, stat.S_IMODE(like.st_mode))
        os.fsync(descriptor)
