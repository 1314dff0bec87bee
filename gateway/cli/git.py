"""A git repository, asked for what a revision holds; nothing in it is ever changed."""

from __future__ import annotations

import os
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from gateway.errors import OperatorError

_SETTINGS = ("core.autocrlf=false", "core.eol=lf", f"core.attributesFile={os.devnull}")
"""Files are read as they are committed, whatever the user's own settings do in a checkout."""

_ENVIRONMENT = {"GIT_TERMINAL_PROMPT": "0", "GIT_LITERAL_PATHSPECS": "1"}


class Line(NamedTuple):
    """A line of `git ls-tree`: a file has a size, everything else has none."""

    mode: str
    digest: str
    size: int
    path: str


class Repository:
    """The repository that the working directory is in. Raises OperatorError where it is in none."""

    def __init__(self) -> None:
        self._directory = "."
        # Inside its own directory a repository has no working tree that would narrow what
        # `git archive` gives to the directory where somebody happens to be.
        self._directory = self._text("rev-parse", "--absolute-git-dir")

    def commit(self, revision: str) -> str | None:
        """The commit that a revision names, None where it names none."""
        try:
            name = f"{revision}^{{commit}}"
            return self._text("rev-parse", "--verify", "--quiet", "--end-of-options", name)
        except OperatorError:
            return None

    def files(self, tree: str) -> list[Line]:
        """What lies in a tree and below, files and what only looks like one; paths are its own."""
        return list(_lines(self._bytes("ls-tree", "-rzl", tree)))

    def entry(self, commit: str, path: str) -> Line | None:
        """What a path of a commit is, None where it is nothing."""
        found = _lines(self._bytes("ls-tree", "-zl", commit, "--", path))
        return next(found, None)

    @contextmanager
    def archive(self, tree: str) -> Iterator[tarfile.TarFile]:
        """The tree as `git archive` packs it; names are the tree's own, in bytes as UTF-8."""
        with TemporaryFile() as file:
            self._run("archive", "--format=tar", tree, output=file)
            file.seek(0)
            with tarfile.open(fileobj=file, mode="r:", errors="surrogateescape") as archive:
                yield archive

    def _text(self, *arguments: str) -> str:
        return os.fsdecode(self._bytes(*arguments)).removesuffix("\n")

    def _bytes(self, *arguments: str) -> bytes:
        with TemporaryFile() as file:
            self._run(*arguments, output=file)
            file.seek(0)
            return file.read()

    def _run(self, *arguments: str, output: IO[bytes]) -> None:
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        try:
            done = subprocess.run(  # noqa: S603 - no shell; what may be a flag follows "--"
                ["git", "-C", self._directory, *settings, *arguments],  # noqa: S607 - the user's git
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.PIPE,
                env={**os.environ, **_ENVIRONMENT},
            )
        except OSError as error:
            raise OperatorError(f"git cannot be started: {error.strerror}") from error
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip() or f"git {arguments[0]} failed"
            raise OperatorError(said.splitlines()[0].removeprefix("fatal: "))


def _lines(listing: bytes) -> Iterator[Line]:
    for line in listing.split(b"\0")[:-1]:
        about, _, path = line.partition(b"\t")
        mode, _, digest, size = about.decode().split()
        yield Line(mode, digest, 0 if size == "-" else int(size), os.fsdecode(path))
