"""One thing that a change means, before and after anybody has looked up where it stands."""

from __future__ import annotations

import logging

import msgspec

from gateway.language.yaml12 import Steps
from gateway.plan.kinds import KINDS, Level

_log = logging.getLogger("gateway.internal")


class Change(msgspec.Struct, frozen=True):
    """`steps` lead to it in the old document, in the new one, or in both.

    `was` and `now` are texts to show, empty where there is nothing.
    """

    kind: str
    steps: Steps
    message: str
    was: str = ""
    now: str = ""


def failed(steps: Steps, what: str, error: Exception) -> Change:
    """A mistake of the gateway's own: `what` of a hook it cannot compare. The traceback is logged;
    the change names the kind of exception alone, because its message may hold a part of the file.
    """
    _log.error("%s cannot be compared", what, exc_info=error)
    return Change("internal", steps, f"{what} cannot be compared: {type(error).__name__}")


class Position(msgspec.Struct, frozen=True, order=True):
    """A place as people write it; lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry of a plan. `at` is its place in the new tree, `before` in the old one."""

    kind: str
    hook: str
    message: str
    was: str = ""
    now: str = ""
    at: Position | None = None
    before: Position | None = None

    @property
    def level(self) -> Level:
        """How grave it is."""
        return KINDS[self.kind].level
