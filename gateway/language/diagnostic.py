"""An author's mistake as a value: where it is, how bad it is, what to do."""

from __future__ import annotations

from typing import Literal

import msgspec

Severity = Literal["error", "warning"]


class Place(msgspec.Struct, frozen=True, order=True):
    """A span in a source; lines and columns count from 1, `end` is behind the last character."""

    line: int
    column: int
    end_line: int
    end_column: int


class Diagnostic(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One finding. `code` is stable and documented; `hint` says what to do, where it is known.

    `private` says that its line may hold a secret, so that it must not be shown.
    """

    file: str
    place: Place
    severity: Severity
    code: str
    message: str
    hint: str = ""
    hook: str = ""
    private: bool = False

    @property
    def where(self) -> str:
        """`file:line:column`."""
        return f"{self.file}:{self.place.line}:{self.place.column}"
