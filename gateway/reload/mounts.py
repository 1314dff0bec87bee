"""Mounts that never update, and file systems that send no events."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

MOUNTS = Path("/proc/self/mountinfo")
SILENT = frozenset(
    {
        *("9p", "afs", "ceph", "cifs", "drvfs", "fakeowner", "glusterfs", "gpfs", "lustre"),
        *("nfs", "nfs4", "ocfs2", "prl_fs", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs"),
    }
)
"""Types whose files change on another machine, of which this one's kernel hears nothing."""

REMEDY = "mount the directory as a volume of its own, without subPath"
_OF_A_VOLUME = re.compile(r"/\.\.\d{4}_\d{2}_\d{2}_\d{2}_\d{2}_\d{2}\.\d+(/|$)")
_ESCAPE = re.compile(r"\\([0-7]{3})")


class Mount(msgspec.Struct, frozen=True):
    """A line of /proc/self/mountinfo (proc(5)): what of the file system is mounted where."""

    root: str
    point: str
    kind: str


def mounts(text: str) -> Iterator[Mount]:
    """The mounts of a mountinfo file, in its order."""
    for line in text.splitlines():
        fields, _, rest = line.partition(" - ")
        parts = fields.split(" ")
        if len(parts) >= 5 and rest:
            yield Mount(_unescape(parts[3]), _unescape(parts[4]), rest.split(" ")[0])


def _unescape(field: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 8)), field)


def never_updates(directory: str, table: Iterable[Mount]) -> list[str]:
    """Why changes in a hooks directory can never be seen, in words with the remedy; empty where
    they can. `directory` is resolved.
    """
    found = []
    with suppress(OSError):
        if os.stat(directory).st_nlink == 0:
            found.append(
                f"{directory} was removed while it was mounted, and the gateway cannot see its "
                f"replacement: {REMEDY}, and start the container again"
            )
    table = tuple(table)
    below = [mount for mount in table if mount.point.startswith(directory + "/")]
    for mount in (*_covering(directory, table), *below):
        found += _stuck(mount)
    return found


def _covering(directory: str, table: Iterable[Mount]) -> list[Mount]:
    """The mount that a directory is on; of several at the same point the last hides the others."""
    on = [
        mount
        for mount in table
        if directory == mount.point or directory.startswith(mount.point.rstrip("/") + "/")
    ]
    longest = max((len(mount.point) for mount in on), default=0)
    return [mount for mount in on if len(mount.point) == longest][-1:]


def _stuck(mount: Mount) -> Iterator[str]:
    if mount.root.endswith("//deleted"):
        yield (
            f"{mount.point} shows a removed file or directory, and the gateway cannot see its "
            f"replacement: {REMEDY}, and start the container again"
        )
    elif _OF_A_VOLUME.search(mount.root):
        yield f"{mount.point} is a subPath mount, which never updates: {REMEDY}"
    elif os.path.isfile(mount.point):
        yield (
            f"{mount.point} is mounted as a single file, so the gateway cannot see a new file in "
            "its place: mount its directory"
        )


def kind_of(directory: str, table: Iterable[Mount]) -> str:
    """The type of the file system that a resolved directory is on, empty where nobody tells."""
    return next((mount.kind for mount in _covering(directory, table)), "")


def silent_kind(directory: str, table: Iterable[Mount]) -> str:
    """The type of the directory's file system where that sends no events, else empty."""
    kind = kind_of(directory, table)
    return kind if kind in SILENT or kind.startswith("fuse") else ""


def table() -> tuple[Mount, ...]:
    """The mounts of this process; none where the system does not tell."""
    try:
        return tuple(mounts(MOUNTS.read_text(errors="replace")))
    except OSError:
        return ()
