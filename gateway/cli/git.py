"""A git repository, asked for what a revision holds; nothing in it is changed, and nothing that it
configures is run.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from threading import Timer
from typing import IO, NamedTuple

from gateway.errors import OperatorError

MOST_ENTRIES = 200_000
"""Entries of a tree, those below it included."""
MOST_OUTPUT = 64 * 1024 * 1024
"""Bytes that one call of git may answer."""
LONGEST = 30.0
"""Seconds that one call of git may take: some kilobytes can describe a tree that has no end."""

_SETTINGS = ("core.fsmonitor=false", f"core.hooksPath={os.devnull}")
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}
"""An object that is missing is missing: fetching it runs what the repository's settings name. Git
before 2.39.4 knows no GIT_NO_LAZY_FETCH; for it no protocol is allowed.
"""


class Line(NamedTuple):
    """A line of `git ls-tree`."""

    mode: str
    digest: str
    path: str


class Repository:
    """The repository that the working directory is in. Raises OperatorError where it is in none,
    and for everything that git does not answer within its bounds.
    """

    def __init__(self) -> None:
        self._directory = "."
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
        listing = self._bytes("ls-tree", "-rz", tree)
        if listing.count(b"\0") > MOST_ENTRIES:
            raise OperatorError(f"{tree} has more than {MOST_ENTRIES:,} files")
        return list(_lines(listing))

    def entry(self, commit: str, path: str) -> Line | None:
        """What a path of a commit is, None where it is nothing."""
        found = _lines(self._bytes("ls-tree", "-z", commit, "--", path))
        return next(found, None)

    def blobs(self, digests: Iterable[str], most: int) -> dict[str, bytes]:
        """The contents of files as they are committed, each at most `most` bytes of it.

        Together they are at most `MOST_OUTPUT`. No filter and no attribute has a say in them.
        """
        wanted = list(dict.fromkeys(digests))
        with TemporaryFile() as asked:
            asked.write("".join(f"{digest}\n" for digest in wanted).encode())
            asked.seek(0)
            with self._running("cat-file", "--batch", given=asked) as answer:
                return dict(_contents(answer, wanted, most))

    def _text(self, *arguments: str) -> str:
        return os.fsdecode(self._bytes(*arguments)).removesuffix("\n")

    def _bytes(self, *arguments: str) -> bytes:
        with self._running(*arguments) as answer:
            found = answer.read(MOST_OUTPUT + 1)
            if len(found) > MOST_OUTPUT:
                raise OperatorError(f"git {arguments[0]} answers more than {MOST_OUTPUT:,} bytes")
        return found

    @contextmanager
    def _running(self, *arguments: str, given: IO[bytes] | None = None) -> Iterator[IO[bytes]]:
        """What git writes, while it runs. What is left when nobody reads on is not waited for."""
        with TemporaryFile() as said:
            process = self._start(arguments, given, said)
            timer = Timer(LONGEST, process.kill)
            timer.start()
            try:
                assert process.stdout is not None  # noqa: S101 - it is a pipe
                with process.stdout:
                    yield process.stdout
            except BaseException:
                process.kill()
                raise
            finally:
                status = process.wait()
                in_time = timer.is_alive()
                timer.cancel()
            if not in_time:
                raise OperatorError(f"git {arguments[0]} did not end within {LONGEST:.0f} s")
            if status:
                said.seek(0)
                raise OperatorError(_reason(said.read(4096), arguments[0]))

    def _start(
        self, arguments: tuple[str, ...], given: IO[bytes] | None, said: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        try:
            return subprocess.Popen(  # noqa: S603 - no shell; what may be a flag follows "--"
                ["git", "-C", self._directory, "--no-pager", *settings, *arguments],  # noqa: S607 - the user's git
                stdin=subprocess.DEVNULL if given is None else given,
                stdout=subprocess.PIPE,
                stderr=said,
                env={**os.environ, **_ENVIRONMENT},
            )
        except OSError as error:
            raise OperatorError(f"git cannot be started: {error.strerror}") from error


def _reason(said: bytes, command: str) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ") if lines else f"git {command} failed"


def _lines(listing: bytes) -> Iterator[Line]:
    for line in listing.split(b"\0")[:-1]:
        about, _, path = line.partition(b"\t")
        mode, _, digest = about.decode().split()
        yield Line(mode, digest, os.fsdecode(path))


def _contents(answer: IO[bytes], wanted: Iterable[str], most: int) -> Iterator[tuple[str, bytes]]:
    """The answers of `git cat-file --batch`, in the order of the questions."""
    left = MOST_OUTPUT
    for digest in wanted:
        _, _, about = answer.readline(1024).partition(b" ")
        kind, _, size = about.strip().partition(b" ")
        if kind != b"blob":
            raise OperatorError(
                f"the object {digest} is missing in this repository; fetch it first"
            )
        left -= int(size)
        if left < 0:
            raise OperatorError(f"the files have more than {MOST_OUTPUT:,} bytes together")
        yield digest, answer.read(int(size))[:most]
        answer.read(1)
