"""The last good sources, kept so that a restart finds them."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec
import structlog

from gateway.language.source import Source

FILE = "last-good.json"
NEW = f"{FILE}.new"
MAX_SIZE = 512 * 1024 * 1024
_log = structlog.get_logger("gateway.reload")


class _Kept(msgspec.Struct, frozen=True):
    version: int
    hooks: str
    files: dict[str, str]


class Keeper:
    """One file in the state directory, replaced as a whole: the sources by name, as JSON.

    It belongs to one hooks directory. That it cannot be written or read is a warning, told once
    until it works again; `problem` says it in words. Without a directory nothing is kept.
    """

    def __init__(self, directory: Path | None, hooks: Path) -> None:
        self.problem = ""
        self._directory = directory
        self._hooks = hooks
        self._written = b""

    def load(self) -> tuple[Source, ...]:
        """The sources that were good last; none where there are none, or of another directory."""
        if self._directory is None:
            return ()
        try:
            kept = msgspec.json.decode(_read(self._directory), type=_Kept)
        except FileNotFoundError:
            return ()
        except (OSError, ValueError) as error:
            self._warn(f"the last good hooks cannot be read from {self._directory}: {error}")
            return ()
        if kept.version != 1 or kept.hooks != os.path.abspath(self._hooks):
            return ()
        return tuple(
            Source(str(self._hooks / name), text.encode()) for name, text in kept.files.items()
        )

    def save(self, sources: tuple[Source, ...]) -> bool:
        """Keep these sources in place of those before. Whether there is nothing left to do."""
        if self._directory is None:
            return True
        try:
            data = self._encode(sources)
            digest = sha256(data).digest()
            if digest != self._written:
                _replace(self._directory, data)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", "") or str(error)
            self._warn(f"the last good hooks cannot be kept in {self._directory}: {reason}")
            return False
        self._written = digest
        self.problem = ""
        return True

    def _encode(self, sources: tuple[Source, ...]) -> bytes:
        root = str(self._hooks) + "/"
        files = {
            source.name.removeprefix(root): source.data.decode("utf-8-sig") for source in sources
        }
        return msgspec.json.encode(_Kept(1, os.path.abspath(self._hooks), files))

    def _warn(self, problem: str) -> None:
        if problem != self.problem:
            _log.warning(
                problem,
                hint="reloading continues; a restart may not have the last good hooks",
            )
        self.problem = problem


def _replace(directory: Path, data: bytes) -> None:
    """Write a new file and rename it over the old one, both made durable. What stands in the way
    of the new file is removed and never followed: others may have planted it.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _close_to_others(handle)
        with suppress(FileNotFoundError):
            os.unlink(NEW, dir_fd=handle)
        try:
            _write(handle, data)
            os.rename(NEW, FILE, src_dir_fd=handle, dst_dir_fd=handle)
        except OSError:
            with suppress(OSError):
                os.unlink(NEW, dir_fd=handle)
            raise
        os.fsync(handle)
    finally:
        os.close(handle)


def _close_to_others(directory: int) -> None:
    """A directory of ours is nobody else's; one that belongs to somebody else stays as it is."""
    found = os.fstat(directory)
    if found.st_uid == os.geteuid() and found.st_mode & 0o077:
        with suppress(OSError):
            os.fchmod(directory, 0o700)


def _write(directory: int, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(NEW, flags, 0o600, dir_fd=directory)
    with open(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _read(directory: Path) -> bytes:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(directory / FILE, flags)
    with open(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise ValueError("it is not a regular file")
        if found.st_size > MAX_SIZE:
            raise ValueError("it is too large")
        return file.read(MAX_SIZE)
