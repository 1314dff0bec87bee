"""Sources to specs and diagnostics: the one door into the language.

`read_source` looks at one file alone, so that its outcome can be kept as long as its bytes stay
the same; `check_together` looks at what files owe each other. `read` does both.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from gateway.language.diagnostic import Diagnostic, Place
from gateway.language.source import Source
from gateway.language.spec import Hook


class ReadHook(msgspec.Struct, frozen=True):
    """A hook that has no error of its own; `place` is where its `name` stands."""

    spec: Hook
    file: str
    document: int
    place: Place


class BrokenHook(msgspec.Struct, frozen=True):
    """A document with errors, as far as it can be read: its path answers 503 at a cold start.

    `route` and `methods` are empty where even they cannot be read.
    """

    file: str
    document: int
    name: str = ""
    route: str = ""
    methods: tuple[str, ...] = ()


class Reading(msgspec.Struct, frozen=True):
    """The outcome of reading sources: sound hooks, broken ones, and every finding."""

    hooks: tuple[ReadHook, ...] = ()
    broken: tuple[BrokenHook, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def read_source(source: Source) -> Reading:
    """Read one file: YAML, the JSON Schema, then the checks inside each hook."""
    raise NotImplementedError


def check_together(hooks: Sequence[ReadHook]) -> tuple[Diagnostic, ...]:
    """What hooks owe each other: unique names, one owner for each path and method."""
    raise NotImplementedError


def read(sources: Sequence[Source]) -> Reading:
    """Read all files in the order given; the hooks of a Reading with errors are never served."""
    raise NotImplementedError
