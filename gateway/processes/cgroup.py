"""The memory that this process may use, as Linux's control groups say."""

from __future__ import annotations

from pathlib import Path

from gateway.settings import MIB

WITHOUT_LIMIT = 256 * MIB
LEAST = 8 * MIB
ROOT = Path("/sys/fs/cgroup")
GROUPS = Path("/proc/self/cgroup")
UNLIMITED = 1 << 60
"""Version 1 writes a number near 2^63 where there is no limit."""


def memory_limit(root: Path = ROOT, groups: Path = GROUPS) -> int | None:
    """The least limit of the groups that this process is in, in bytes; None without one.

    Both versions are read: `memory.max` and `memory/…/memory.limit_in_bytes`. In a container the
    group is often the root of what can be seen, whatever its name is outside.
    """
    limits = [limit for file in _files(root, groups) if (limit := _read(file)) is not None]
    return min(limits, default=None)


def default_body_memory(limit: int | None, workers: int) -> int:
    """Bytes for each worker where nobody says how many: a part of what there is for all."""
    return WITHOUT_LIMIT if limit is None else max(limit * 3 // 8 // workers, LEAST)


def _files(root: Path, groups: Path) -> list[Path]:
    files = [root / "memory.max", root / "memory" / "memory.limit_in_bytes"]
    try:
        lines = groups.read_text().splitlines()
    except OSError:
        return files
    for line in lines:
        _, _, controllers_path = line.partition(":")
        controllers, _, path = controllers_path.partition(":")
        if not controllers:
            files += [one / "memory.max" for one in _upwards(root, path)]
        elif "memory" in controllers.split(","):
            top = root / "memory"
            files += [one / "memory.limit_in_bytes" for one in _upwards(top, path)]
    return files


def _upwards(top: Path, path: str) -> list[Path]:
    """A group's directory and those of all groups that it is in."""
    group = top / path.strip("/")
    if ".." in group.parts:
        return []
    return [one for one in (group, *group.parents) if one.is_relative_to(top)]


def _read(file: Path) -> int | None:
    try:
        text = file.read_text().strip()
    except OSError:
        return None
    limit = int(text) if text.isdecimal() else UNLIMITED
    return limit if limit < UNLIMITED else None
