"""Which part each of several processes has of what they may do together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from zlib import crc32

WINDOW = 6.0
"""Seconds for which a process may act on what it saw of the others; it looks each second."""


class View:
    """The processes that share, as one of them saw them; `until` another view took its place."""

    __slots__ = ("me", "owners", "until")

    def __init__(self, owners: Sequence[int], me: int) -> None:
        self.owners = list(owners)
        self.me = me
        self.until = math.inf

    def part(self, name: str, whole: int) -> int:
        """How many of `whole` are this process's."""
        owners = max(len(self.owners), 1)
        place = self.owners.index(self.me) if self.me in self.owners else 0
        place = (place + crc32(name.encode())) % owners
        return (whole + owners - 1 - place) // owners

    def fraction(self, name: str, places: int) -> float:
        """Which fraction of a rate is this process's, where so many places are divided as well:
        none of a process without a place, or whom the others do not see.
        """
        if self.me not in self.owners or not self.part(name, places):
            return 0.0
        return 1 / min(len(self.owners), places)


class Shares:
    """Parts that add up to the whole, whoever computes them from the same processes.

    Fractions of a rate add up to no more than the whole also while processes come and go, and some
    see that later than others: a fraction becomes less at once, and more once everybody has seen
    why, or has to look before it acts again.
    """

    def __init__(self) -> None:
        self._views = [View([], 0)]
        self._looked = -math.inf

    def among(self, owners: list[int], me: int, at: float) -> bool:
        """These processes shared at a time of a clock that is never set; whether that is news."""
        self._looked = at
        before, last = len(self._views), self._views[-1]
        changed = (last.owners, last.me) != (owners, me)
        if changed:
            last.until = at
            self._views.append(View(owners, me))
        alone = owners == [me]
        self._views = [one for one in self._views if one.until > at - WINDOW and not alone] or [
            self._views[-1]
        ]
        return changed or len(self._views) < before

    def is_stale(self, now: float) -> bool:
        """Whether the others may count on more than this process knows of."""
        return now - self._looked > WINDOW

    def part(self, name: str, whole: int) -> int:
        """How many of `whole` are this process's. What does not divide goes to others for other
        names, and is 0 for some where there are fewer than processes.
        """
        return self._views[-1].part(name, whole)

    def fraction(self, name: str, places: int) -> float:
        """Which fraction of a rate is this process's; see `View.fraction`. While processes come or
        go, it divides with all: others may see those that have a place otherwise.
        """
        if len(self._views) == 1:
            return self._views[0].fraction(name, places)
        has_place = all(view.fraction(name, places) for view in self._views)
        return 1 / max(len(view.owners) for view in self._views) if has_place else 0.0
