"""The hook files that people name on the command line, read once."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from gateway.errors import OperatorError
from gateway.language.diagnostic import Diagnostic
from gateway.language.source import Source
from gateway.language.yaml12.characters import MAX_FILE
from gateway.reload.snapshot import take

SUFFIXES = (".yaml", ".yml")
STDIN = "<stdin>"


class Found(msgspec.Struct, frozen=True):
    """What was found: hook files, and findings about what could not be read of a directory."""

    sources: tuple[Source, ...] = ()
    unreadable: tuple[Diagnostic, ...] = ()


def find(paths: Sequence[str]) -> Found:
    """The files named, and those below the directories named, each once.

    `-` is the standard input. Raises OperatorError for a name that cannot be read, and for a
    directory without a hook file: a check that checked nothing must not pass.
    """
    sources: dict[str, Source] = {}
    unreadable: list[Diagnostic] = []
    for path in paths:
        found = _find(path)
        unreadable += found.unreadable
        for source in found.sources:
            sources.setdefault(os.path.abspath(source.name), source)
    return Found(tuple(sources.values()), tuple(unreadable))


def _find(path: str) -> Found:
    if path == "-" or not os.path.isdir(path):
        return Found((read_file(path),))
    found = _below(path)
    if not found.sources and not found.unreadable:
        raise OperatorError(f"there is no hook file (*.yaml, *.yml) in {path}")
    return found


def _below(directory: str) -> Found:
    """What the server would read of a directory, under the name that was written for it."""
    found = take(Path(directory))
    root = os.path.join(str(Path(directory)), "")

    def named(name: str) -> str:
        return os.path.join(directory, name.removeprefix(root))

    return Found(
        tuple(Source(named(one.name), one.data) for one in found.sources),
        tuple(replace(one, file=named(one.file)) for one in found.unreadable),
    )


def read_file(name: str) -> Source:
    """One file, `-` for the standard input. Raises OperatorError for what cannot be read."""
    return Source(STDIN, _stdin()) if name == "-" else Source(name, _read(name))


def read_directory(path: str) -> tuple[Source, ...]:
    """The hook files below a directory in order of name; there may be none.

    Raises OperatorError for what cannot be read.
    """
    found = _below(path)
    for one in found.unreadable:
        raise OperatorError(f"cannot read {one.file}: {one.message}")
    return found.sources


def is_hidden(name: str) -> bool:
    """Whether a file or a directory of this name is left alone."""
    return name[0] in "._"


def _read(name: str) -> bytes:
    try:
        # Without O_NONBLOCK a FIFO would hold the open until somebody writes to it.
        descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OperatorError(f"{name} is not a regular file")
            return file.read(MAX_FILE + 1)
    except OSError as error:
        raise OperatorError(f"cannot read {name}: {error.strerror}") from error


def _stdin() -> bytes:
    return sys.stdin.buffer.read(MAX_FILE + 1)


def default_path(command: str) -> str:
    """The directory that a command reads when none is named."""
    if not Path("hooks.d").is_dir():
        raise OperatorError(
            "the directory hooks.d does not exist. To use another one, run: "
            f"gateway {command} PATH. To write a first hook, run: gateway init"
        )
    return "hooks.d"
