"""The hook files below a directory, found below one resolved place."""

from __future__ import annotations

import errno
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

OUTSIDE = "it is a link that leads out of the hooks directory, so it is not followed"
LINKS = {
    errno.ENOENT: "it is a link to a file that does not exist",
    errno.ELOOP: "it is a link that leads back to itself",
}

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
        self._root = self._pinned(root)
        self._read(self._root, "", ())
        self.files.sort()

    def _pinned(self, path: str) -> str:
        found = pin(path)
        self.pins.append(found)
        return found.real

    def _followed(self, link: str) -> str:
        """What a link leads to. Raises OSError where it leads out of the root: what is there is
        not the hooks' authors' to read.
        """
        self.links.update(ways(link))
        real = self._pinned(link)
        if not real.startswith(os.path.join(self._root, "")):
            raise OSError(0, OUTSIDE)
        return real

    def _read(self, directory: str, name: str, above: tuple[Identity, ...]) -> None:
        found = os.stat(directory)
        here = (found.st_dev, found.st_ino)
        if here in above:
            raise OSError(0, "it is a link to a directory that contains it")
        if len(above) > DEEPEST:
            raise OSError(0, f"it is more than {DEEPEST} directories deep")
        self.directories[directory] = here
        with os.scandir(self._content(directory, name)) as entries:
            for entry in entries:
                self._count()
                if entry.name[0] not in "._":
                    self._place(entry, name + entry.name, (*above, here))

    def _content(self, directory: str, name: str) -> str:
        """Where the files of a directory stand: in a volume that is its current directory."""
        volume = os.path.join(directory, DATA)
        if not os.path.islink(volume):
            return directory
        try:
            real = self._followed(volume)
        except OSError as error:
            self.unreadable.append((name + DATA, _reason(error)))
            return directory
        return real if os.path.isdir(real) else directory

    def _place(self, entry: os.DirEntry[str], name: str, above: tuple[Identity, ...]) -> None:
        hook_file = entry.name.endswith(SUFFIXES)
        try:
            path = self._followed(entry.path) if entry.is_symlink() else entry.path
            if os.path.isdir(path):
                hook_file = True
                self._read(path, name + "/", above)
            elif hook_file:
                self.files.append((name, path))
        except OSError as error:
            if hook_file or os.path.isdir(entry.path):
                self.unreadable.append((name, _reason(error)))

    def _count(self) -> None:
        self._entries += 1
        if self._entries > MOST_ENTRIES:
            raise OperatorError(
                f"the hooks directory has more than {MOST_ENTRIES} entries; "
                "check for a link to a directory without hooks"
            )


def _reason(error: OSError) -> str:
    if error.errno in LINKS:
        return LINKS[error.errno]
    return error.strerror or "unknown"


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
