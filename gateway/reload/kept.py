"""The last good sources, kept so that a restart finds them."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec
import structlog

from gateway.language.source import Source

FILE = "last-good.json"
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
            path = self._directory / FILE
            if path.stat().st_size > MAX_SIZE:
                raise ValueError("it is too large")
            kept = msgspec.json.decode(path.read_bytes(), type=_Kept)
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
        data = self._encode(sources)
        digest = sha256(data).digest()
        if digest == self._written:
            return True
        try:
            _replace(self._directory, data)
        except OSError as error:
            reason = error.strerror or str(error)
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
            _log.warning(problem, hint="reloading goes on; a restart may not find the last good")
        self.problem = problem


def _replace(directory: Path, data: bytes) -> None:
    """Write a new file and rename it over the old one, both made durable."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{FILE}.new"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        os.rename(path, directory / FILE)
    except OSError:
        with suppress(OSError):
            path.unlink()
        raise
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
