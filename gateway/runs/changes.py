"""What of a command's work engines have in common: what was done, and where it goes on."""

from __future__ import annotations

from gateway.runs.selection import Changed

NAMED = 100
"""So many ids are told of a command's runs."""


class Done:
    """What was done until now."""

    def __init__(self) -> None:
        self.matched = self.changed = self.differs = 0
        self.named: list[str] = []

    def change(self, run: str) -> None:
        """One run was changed, or a copy of it made."""
        self.changed += 1
        self.named += [run][: NAMED - len(self.named)]

    def told(self, further: str = "") -> Changed:
        """All of it; `further` is where the next change is to go on."""
        return Changed(
            matched=self.matched,
            changed=self.changed,
            gate_differs=self.differs,
            runs=tuple(self.named),
            next=further,
        )


def span(further: str, newest: int) -> tuple[int, int]:
    """Behind which run to begin, and which is the last one that was there at the beginning: copies
    that are made on the way are not copied. `newest` is the run accepted last.
    """
    after, _, last = further.partition("-")
    if after.isdecimal() and last.isdecimal():
        return int(after), int(last)
    return 0, newest
