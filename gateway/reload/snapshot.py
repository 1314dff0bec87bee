"""The bytes of a hooks directory at one moment."""

from __future__ import annotations

import errno
import os
import stat
import time
from hashlib import sha256
from pathlib import Path

import msgspec

from gateway.errors import OperatorError
from gateway.language.diagnostic import Diagnostic, Place
from gateway.language.source import Source
from gateway.reload.tree import Identity, Tree

MAX_FILE = 1024 * 1024
ATTEMPTS = 20
SETTLED_NS = 100_000_000
"""A file that was changed less than this before it was read may change again within the same
tick of the file system's clock: it is read again rather than believed."""

_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY | os.O_NOFOLLOW


class Places(msgspec.Struct, frozen=True):
    """What to watch: directories for what is in them, links (by path) for themselves."""

    directories: dict[str, Identity] = {}
    links: frozenset[str] = frozenset()


class Snapshot(msgspec.Struct, frozen=True):
    """Every source below a directory, by name, and the digest of names and bytes.

    `unreadable` says what could not be read, with the file or the directory as its `file`.
    """

    sources: tuple[Source, ...]
    digest: str
    unreadable: tuple[Diagnostic, ...] = ()
    places: Places = Places()


class _Read(msgspec.Struct, frozen=True):
    signature: tuple[int, ...]
    at: int
    source: Source
    digest: bytes

    def believed(self, signature: tuple[int, ...]) -> bool:
        return signature == self.signature and self.at - max(signature[3:]) > SETTLED_NS


class _UnreadableError(Exception):
    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint


class Looker:
    """Looks at one directory, again and again; what has not changed is not read again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: dict[str, _Read] = {}

    def look(self, fresh: bool = False) -> Snapshot:
        """What is there now; `fresh` reads every byte. Raises OperatorError where there is no
        directory, where it cannot be read, or where it never stands still.
        """
        known = {} if fresh else self._known
        for _ in range(ATTEMPTS):
            tree = self._walk()
            snapshot = self._read_all(tree, known)
            if all(pin.holds() for pin in tree.pins):
                return snapshot
        raise OperatorError(f"the hooks directory {self.root} keeps being replaced")

    def _walk(self) -> Tree:
        try:
            return Tree(str(self.root))
        except OSError as error:
            raise OperatorError(
                f"cannot read the hooks directory {self.root}: {error.strerror}"
            ) from error

    def _read_all(self, tree: Tree, known: dict[str, _Read]) -> Snapshot:
        read: dict[str, _Read] = {}
        unreadable = {
            name: self._diagnostic(name, _UnreadableError("unreadable", reason))
            for name, reason in tree.unreadable
        }
        for name, path in tree.files:
            try:
                read[name] = self._read(name, path, known.get(name))
            except FileNotFoundError:
                continue
            except _UnreadableError as problem:
                unreadable[name] = self._diagnostic(name, problem)
        self._known = read
        places = Places(tree.directories, frozenset(tree.links))
        sources = tuple(one.source for one in read.values())
        return Snapshot(sources, _digest(read, unreadable), tuple(unreadable.values()), places)

    def _read(self, name: str, path: str, known: _Read | None) -> _Read:
        try:
            signature = _signature(os.lstat(path))
            if known is not None and known.believed(signature):
                return known
            at = time.time_ns()
            signature, data = _read_file(path)
        except OSError as error:
            raise _explained(error) from error
        source = Source(self._shown(name), data)
        return _Read(signature, at, source, sha256(data).digest())

    def _shown(self, name: str) -> str:
        """The path as people write it; a name that is not UTF-8 is escaped."""
        return os.fsencode(str(self.root / name)).decode("utf-8", "backslashreplace")

    def _diagnostic(self, name: str, problem: _UnreadableError) -> Diagnostic:
        return Diagnostic(
            file=self._shown(name),
            place=Place(1, 1, 1, 1),
            severity="error",
            code=problem.code,
            message=str(problem),
            hint=problem.hint,
        )


def take(root: Path) -> Snapshot:
    """Read every hook file below `root`. Raises OperatorError where there is no directory."""
    return Looker(root).look()


def _signature(found: os.stat_result) -> tuple[int, ...]:
    """Equal as long as a file has not been changed. Whatever is no regular file is refused
    before it is opened: opening a device can have effects.
    """
    if not stat.S_ISREG(found.st_mode):
        raise _UnreadableError("not-a-file", f"this is {_kind(found.st_mode)}, not a regular file")
    if found.st_size > MAX_FILE:
        raise _UnreadableError(
            "file-too-large", f"the file has {found.st_size} bytes", "at most 1 MiB is read"
        )
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _kind(mode: int) -> str:
    kinds = {stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket"}
    return kinds.get(stat.S_IFMT(mode), "a device")


def _read_file(path: str) -> tuple[tuple[int, ...], bytes]:
    descriptor = os.open(path, _FLAGS)
    with open(descriptor, "rb", buffering=0) as file:
        signature = _signature(os.fstat(descriptor))
        data = file.read(MAX_FILE + 1) or b""
        while len(data) <= MAX_FILE and (more := file.read(MAX_FILE + 1 - len(data))):
            data += more
    if len(data) > MAX_FILE:
        raise _UnreadableError(
            "file-too-large", "the file has more than 1 MiB", "at most that is read"
        )
    return signature, data


def _explained(error: OSError) -> Exception:
    """What became of a file that was there, with no link on the way to it, a moment before."""
    if error.errno in (errno.ENOENT, errno.ELOOP):
        return FileNotFoundError()
    return _UnreadableError(
        "unreadable", f"the file cannot be read: {error.strerror}", "check its owner and mode"
    )


def _digest(read: dict[str, _Read], unreadable: dict[str, Diagnostic]) -> str:
    """Of names and bytes: the same in every place that the directory is put."""
    digest = sha256()
    for name, one in read.items():
        digest.update(os.fsencode(name) + b"\0" + one.digest)
    for name, problem in unreadable.items():
        digest.update(os.fsencode(name) + b"\0\0" + problem.message.encode())
    return digest.hexdigest()
