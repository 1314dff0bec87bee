"""The hook files that people name on the command line, read once."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from gateway.errors import OperatorError
from gateway.language.source import Source
from gateway.language.yaml12.characters import MAX_FILE

SUFFIXES = (".yaml", ".yml")
STDIN = "<stdin>"


def read_sources(paths: Sequence[str]) -> list[Source]:
    """The files named, and those below the directories named, each once and in order of name.

    `-` is the standard input. Raises OperatorError for what cannot be read, and for a directory
    without a hook file: a check that checked nothing must not pass.
    """
    names: dict[str, str] = {}
    for path in paths:
        for name in _files(path):
            names.setdefault(os.path.abspath(name), name)
    return [read_file(name) for name in names.values()]


def read_file(name: str) -> Source:
    """One file, `-` for the standard input. Raises OperatorError for what cannot be read."""
    return Source(STDIN, _stdin()) if name == "-" else Source(name, _read(name))


def read_directory(path: str) -> list[Source]:
    """The hook files below a directory in order of name; there may be none.

    Raises OperatorError for what cannot be read.
    """
    return [read_file(name) for name in _found(path)]


def is_hidden(name: str) -> bool:
    """Whether a file or a directory of this name is left alone."""
    return name[0] in "._"


def _files(path: str) -> Iterator[str]:
    if path == "-" or not os.path.isdir(path):
        yield path
        return
    found = _found(path)
    if not found:
        raise OperatorError(f"there is no hook file (*.yaml, *.yml) in {path}")
    yield from found


def _found(directory: str) -> list[str]:
    try:
        return sorted(_below(directory, ()))
    except OSError as error:
        raise OperatorError(f"cannot read {error.filename}: {error.strerror}") from error


def _below(directory: str, above: tuple[str, ...]) -> Iterator[str]:
    """Paths of hook files. A symlink that leads back up is not followed."""
    real = os.path.realpath(directory)
    if real in above:
        return
    for entry in os.scandir(directory):
        if is_hidden(entry.name):
            continue
        if entry.is_dir():
            yield from _below(entry.path, (*above, real))
        elif entry.name.endswith(SUFFIXES):
            yield entry.path


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
            f"there is no directory hooks.d here; name one: gateway {command} PATH, "
            "or write a first hook: gateway init"
        )
    return "hooks.d"
