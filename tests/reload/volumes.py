"""Directories as Kubernetes and git-sync make them, step by step."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

Step = Callable[[str], None]


def _nothing(_step: str) -> None:
    pass


class Volume:
    """A ConfigMap or Secret volume, written in kubelet's order (pkg/volume/util/atomic_writer.go):
    the timestamped directory and its files, the links that people see, `..data_tmp`, its rename
    over `..data`, the removal of links to what is gone, the removal of the old directory.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._numbers = count(1)
        directory.mkdir()

    def write(self, files: Mapping[str, str], after: Step = _nothing) -> None:
        """Make `files` (by name, sub-folders too) the content; `after` is called with each step."""
        old = self._current()
        new = self.payload(files)
        after("payload")
        tops = {name.split("/")[0] for name in files}
        for top in sorted(tops):
            link = self.directory / top
            if not link.is_symlink():
                link.symlink_to(f"..data/{top}")
        after("links")
        self.swap(new, after)
        for entry in list(self.directory.iterdir()):
            if entry.is_symlink() and entry.name[0] != "." and entry.name not in tops:
                entry.unlink()
        after("old links")
        if old is not None:
            shutil.rmtree(old)
        after("old payload")

    def _current(self) -> Path | None:
        data = self.directory / "..data"
        return self.directory / os.readlink(data) if data.is_symlink() else None

    def swap(self, payload: Path, after: Step = _nothing) -> None:
        """Make a payload the current one, by the rename that readers see."""
        temporary = self.directory / "..data_tmp"
        temporary.symlink_to(payload.name)
        after("temporary link")
        temporary.rename(self.directory / "..data")
        after("rename")

    def payload(self, files: Mapping[str, str]) -> Path:
        """Write files to a new timestamped directory that nothing leads to yet."""
        stamp = datetime.now(UTC).strftime("%Y_%m_%d_%H_%M_%S")
        new = self.directory / f"..{stamp}.{next(self._numbers):09}"
        for name, text in files.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return new


class Worktrees:
    """What git-sync keeps: a worktree for each commit, and a link to the current one that is
    replaced by a rename; then the old worktree is removed.
    """

    def __init__(self, directory: Path) -> None:
        self.link = directory / "current"
        self._trees = directory / ".worktrees"
        self._trees.mkdir(parents=True)
        self._numbers = count(1)

    def write(self, files: Mapping[str, str]) -> None:
        """Make `files` the content of the current commit."""
        new = self._trees / f"{next(self._numbers):040x}"
        for name, text in files.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        old = self.link.resolve() if self.link.is_symlink() else None
        temporary = self.link.with_name("current.tmp")
        temporary.symlink_to(new.relative_to(self.link.parent))
        temporary.rename(self.link)
        if old is not None:
            shutil.rmtree(old)
