"""Which part each of several processes has of what they may do together."""

from __future__ import annotations

from zlib import crc32


class Shares:
    """Parts that add up to the whole, whoever computes them from the same processes."""

    def __init__(self) -> None:
        self._place = 0
        self._owners = 1
        self._known: tuple[list[int], int] = ([], 0)

    def among(self, owners: list[int], me: int) -> bool:
        """These processes share now; whether that is news."""
        if self._known == (owners, me):
            return False
        self._known = (owners, me)
        self._owners = max(len(owners), 1)
        self._place = owners.index(me) if me in owners else 0
        return True

    def part(self, name: str, whole: int) -> int:
        """How many of `whole` are this process's. What does not divide goes to others for other
        names, and is 0 for some where there are fewer than processes.
        """
        place = (self._place + crc32(name.encode())) % self._owners
        return (whole + self._owners - 1 - place) // self._owners
