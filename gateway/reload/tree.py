"""The hook files below a directory, found below one resolved place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from gateway.errors import OperatorError

SUFFIXES = (".yaml", ".yml")
DATA = "..data"
"""The link by which a Kubernetes volume names its current directory."""
MOST_ENTRIES = 200_000
MOST_LINKS = 40
DEEPEST = 32

Identity = tuple[int, int]
"""Device and inode."""


class Pin(NamedTuple):
    """What a path led to when it was resolved."""

    path: str
    real: str
    device: int
    inode: int

    def holds(self) -> bool:
        """Whether the path still leads there."""
        try:
            return pin(self.path) == self
        except OSError:
            return False


def pin(path: str) -> Pin:
    """Resolve a path now. Raises OSError."""
    real = os.path.realpath(path, strict=True)
    found = os.stat(real)
    return Pin(path, real, found.st_dev, found.st_ino)


class Tree:
    """One walk. `files` are (name below the root, path to open), by name; `unreadable` are names
    of directories with the reason; `pins` must hold when the files have been read, else a part
    of what was read is of another time. `directories` and `links` are what a watcher must watch:
    directories (with their device and inode) by what is in them, links by themselves.
    """

    def __init__(self, root: str) -> None:
        self.files: list[tuple[str, str]] = []
        self.unreadable: list[tuple[str, str]] = []
        self.pins: list[Pin] = []
        self.directories: dict[str, Identity] = {}
        self.links = set(ways(root))
        self._entries = 0
        self._read(self._pinned(root), "", ())
        self.files.sort()

    def _pinned(self, path: str) -> str:
        found = pin(path)
        self.pins.append(found)
        return found.real

    def _read(self, directory: str, name: str, above: tuple[Identity, ...]) -> None:
        found = os.stat(directory)
        here = (found.st_dev, found.st_ino)
        if here in above:
            raise OSError(0, "it is a link to a directory that holds it")
        if len(above) > DEEPEST:
            raise OSError(0, f"it is more than {DEEPEST} directories deep")
        self.directories[directory] = here
        volume = os.path.join(directory, DATA)
        with os.scandir(self._pinned(volume) if os.path.islink(volume) else directory) as entries:
            for entry in entries:
                self._count()
                if entry.name[0] not in "._":
                    self._place(entry, name + entry.name, (*above, here))

    def _place(self, entry: os.DirEntry[str], name: str, above: tuple[Identity, ...]) -> None:
        link = entry.is_symlink()
        if link:
            self.links.update(ways(entry.path))
        if _is_directory(entry):
            try:
                self._read(self._pinned(entry.path) if link else entry.path, name + "/", above)
            except OSError as error:
                self.unreadable.append((name, error.strerror or "unknown"))
        elif entry.name.endswith(SUFFIXES):
            self.files.append((name, entry.path))

    def _count(self) -> None:
        self._entries += 1
        if self._entries > MOST_ENTRIES:
            raise OperatorError(
                f"the hooks directory has more than {MOST_ENTRIES} entries; "
                "is a link in it to a directory that is not one of hooks?"
            )


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def ways(path: str) -> Iterator[str]:
    """Every link on the way to a path, and its last part: who replaces one of them changes where
    the path leads. The way ends where a part is missing.
    """
    at, parts, followed = "/", _parts(os.path.abspath(path)), 0
    while parts:
        step = os.path.normpath(os.path.join(at, parts.pop()))
        try:
            target = os.readlink(step)
        except OSError:
            if not parts or not os.path.lexists(step):
                yield step
                return
            at = step
            continue
        yield step
        followed += 1
        if followed > MOST_LINKS:
            return
        at = "/" if target[:1] == "/" else at
        parts += _parts(target)


def _parts(path: str) -> list[str]:
    """The parts of a path, last first."""
    return [part for part in reversed(path.split("/")) if part not in ("", ".")]
