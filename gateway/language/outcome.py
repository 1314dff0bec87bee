"""What reading gives: sound hooks, broken ones, findings."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from gateway.language.diagnostic import Diagnostic, Place
from gateway.language.spec import Hook


class ReadHook(msgspec.Struct, frozen=True):
    """A hook that has no error of its own; `place` is where its `name` stands.

    `path_place` is where its `path` is written; None where the path is the default. `lines` are
    those of its conditions, by names such as `match.body.ref`, for whoever tells which of them
    does not hold.
    """

    spec: Hook
    file: str
    document: int
    place: Place
    path_place: Place | None = None
    lines: Mapping[str, int] = {}


class BrokenHook(msgspec.Struct, frozen=True):
    """A document with errors, as far as it can be read: its path answers 503 at a cold start.

    `route` and `methods` are empty where even they cannot be read, or where the hook is disabled.
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
