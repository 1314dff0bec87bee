"""Where the stages of reading put the mistakes they find in one file."""

from __future__ import annotations

from collections.abc import Callable, Container

import msgspec

from gateway.language.codes import CODES
from gateway.language.diagnostic import Diagnostic, Place
from gateway.language.escaping import escaped
from gateway.language.issued import masked

MOST = 100
"""Findings of one severity in one file; whoever has more has made one mistake many times."""


class Findings:
    """The diagnostics of one file, in the order they were found, at most `MOST` a severity."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.errors = 0
        self._warnings = 0
        self._found: list[Diagnostic] = []
        self._dropped = 0

    @property
    def full(self) -> bool:
        """Whether there is no use in looking for more errors."""
        return self.errors >= MOST

    def add(self, code: str, place: Place, message: str, hint: str = "", hook: str = "") -> None:
        """Add one finding; its severity is that of its code."""
        if self.full and CODES[code].severity == "error":
            self.leave_out()
            return
        self.put(
            Diagnostic(
                file=self.file,
                place=place,
                severity=CODES[code].severity,
                code=code,
                message=escaped(masked(message)),
                hint=escaped(masked(hint)),
                hook=hook,
            )
        )

    def put(self, found: Diagnostic) -> None:
        """Add a finding that was made elsewhere."""
        self.errors += found.severity == "error"
        self._warnings += found.severity == "warning"
        if (self.errors if found.severity == "error" else self._warnings) > MOST:
            self._dropped += 1
        else:
            self._found.append(found)

    def __bool__(self) -> bool:
        return bool(self._found)

    def leave_out(self) -> None:
        """Count an error that nobody has looked into."""
        self.errors += 1
        self._dropped += 1

    def lines(self, codes: Container[str]) -> frozenset[int]:
        """The numbers of the lines that have a finding of one of these codes."""
        return frozenset(one.place.line for one in self._found if one.code in codes)

    def keep_back(self, lines: Container[int]) -> None:
        """Mark the findings on these lines as private."""
        for index, one in enumerate(self._found):
            if one.place.line in lines:
                self._found[index] = msgspec.structs.replace(one, private=True)

    def withhold(self, told: Callable[[Diagnostic], bool]) -> frozenset[int]:
        """Say of these findings no more than what they are; the numbers of their lines."""
        lines = set()
        for index, one in enumerate(self._found):
            if told(one):
                title = CODES[one.code].title
                message = title[:1].lower() + title[1:]
                self._found[index] = msgspec.structs.replace(one, message=message, hint="")
                lines.add(one.place.line)
        return frozenset(lines)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """All findings by place; the last one says how many were left out."""
        found = sorted(set(self._found), key=lambda one: (one.place, one.code, one.message))
        if self._dropped:
            found.append(self._left_out(found[-1].place))
        return tuple(found)

    def _left_out(self, place: Place) -> Diagnostic:
        noun = "finding is" if self._dropped == 1 else "findings are"
        return Diagnostic(
            file=self.file,
            place=place,
            severity=CODES["too-many"].severity,
            code="too-many",
            message=f"{self._dropped} more {noun} omitted",
            hint="fix these first",
        )
