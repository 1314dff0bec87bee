"""A case is a file: a sentence on what it shows, then sections that begin with `==== HEAD`.

`==== HEAD (OPTION, …)` says more: `escaped` is for bytes that no editor shows (`\\xNN`, `\\r`,
`\\t`, `\\\\`, and a `\\` that swallows the line's end), `crlf` ends the lines as Windows does,
`N bytes` repeats the last line until there are that many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

_HEAD = re.compile(r"^==== (.+?)(?: \(([^()]+)\))?\n", re.MULTILINE)
_ESCAPE = re.compile(rb"\\(x[0-9a-f]{2}|.|\n)")
_ESCAPES = {b"r": b"\r", b"t": b"\t", b"\\": b"\\", b"\n": b""}
_BYTES = re.compile(r"(\d+) bytes")


class Section(msgspec.Struct, frozen=True):
    """One part of a case: its head, its options, its text as it stands in the file."""

    head: str
    options: tuple[str, ...]
    text: str

    @property
    def data(self) -> bytes:
        """The bytes that the text stands for."""
        return expanded(self.text, self.options)


class Case(msgspec.Struct, frozen=True):
    """One file of cases: its name, what it shows, its sections in order."""

    name: str
    shows: str
    sections: tuple[Section, ...]


def expanded(text: str, options: tuple[str, ...]) -> bytes:
    """The bytes that a text with these options stands for."""
    data = text.encode()
    for option in options:
        data = _applied(option, data)
    return data


def cases(directory: Path) -> list[Case]:
    """Every case of a directory, by name."""
    return [read_case(path) for path in sorted(directory.glob("*.txt"))]


def read_case(path: Path) -> Case:
    """One case. Its text is kept as it is: an empty line at the end of a section counts."""
    shows, sections = split(path.read_text(encoding="utf-8"))
    return Case(path.stem, shows.strip(), sections)


def split(text: str) -> tuple[str, tuple[Section, ...]]:
    """What stands before the first head, and the sections."""
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    sections = tuple(
        Section(
            head[1], tuple((head[2] or "").split(", ")) if head[2] else (), text[head.end() : end]
        )
        for head, end in zip(heads, ends, strict=True)
    )
    return text[: heads[0].start()], sections


def write_sources(sections: tuple[Section, ...], directory: Path) -> Iterator[Path]:
    """Write sections as files below a directory."""
    for section in sections:
        path = directory / section.head
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(section.data)
        yield path


def _applied(option: str, data: bytes) -> bytes:
    if option == "escaped":
        return _ESCAPE.sub(_unescaped, data)
    if option == "crlf":
        return data.replace(b"\n", b"\r\n")
    if found := _BYTES.fullmatch(option):
        missing = int(found[1]) - len(data)
        last = data.splitlines(keepends=True)[-1]
        return data + (last * (missing // len(last) + 1))[:missing]
    return data


def _unescaped(found: re.Match[bytes]) -> bytes:
    escape = found[1]
    return bytes([int(escape[1:], 16)]) if len(escape) > 1 else _ESCAPES[escape]
