"""The bytes of a hooks directory at one moment."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import msgspec

from gateway.errors import OperatorError
from gateway.language.source import Source

SUFFIXES = (".yaml", ".yml")
MAX_FILE = 1024 * 1024


class Snapshot(msgspec.Struct, frozen=True):
    """Every source below a directory, by name, and the digest of names and bytes."""

    sources: tuple[Source, ...]
    digest: str


def take(root: Path) -> Snapshot:
    """Read every hook file below `root`. Raises OperatorError where there is no directory."""
    try:
        names = sorted(_names(root, root))
    except OSError as error:
        raise OperatorError(f"cannot read the hooks directory {root}: {error.strerror}") from error
    sources = tuple(Source(str(root / name), _read(root / name)) for name in names)
    digest = sha256()
    for source in sources:
        digest.update(f"{source.name}\0{len(source.data)}\0".encode())
        digest.update(source.data)
    return Snapshot(sources, digest.hexdigest())


def _names(root: Path, below: Path) -> Iterator[Path]:
    for entry in os.scandir(below):
        if entry.name[0] in "._":
            continue
        if entry.is_dir():
            yield from _names(root, Path(entry.path))
        elif entry.name.endswith(SUFFIXES) and stat.S_ISREG(entry.stat().st_mode):
            yield Path(entry.path).relative_to(root)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_FILE + 1)
