"""The workers that take runs, and how many more each may have."""

from __future__ import annotations


class Session:
    """One worker, from its connection to the end of it. Its number is never given again."""

    __slots__ = ("credit", "generation", "number", "running")

    def __init__(self, number: int, generation: int, credit: int) -> None:
        self.number = number
        self.generation = generation
        self.credit = credit
        self.running = 0

    @property
    def free(self) -> int:
        """How many more runs it may have."""
        return max(self.credit - self.running, 0)


class Sessions:
    """All workers. Only those of the newest generation are given runs."""

    def __init__(self) -> None:
        self._known: dict[int, Session] = {}

    def joined(self, number: int, generation: int, credit: int) -> None:
        """A worker is there, or has another generation or another credit now."""
        known = self._known.get(number)
        if known is None:
            self._known[number] = Session(number, generation, credit)
        else:
            known.generation, known.credit = generation, credit

    def left(self, number: int) -> None:
        """A worker is gone. What it was running is ended by itself."""
        self._known.pop(number, None)

    def started(self, number: int, count: int = 1) -> None:
        """A worker has more runs."""
        if known := self._known.get(number):
            known.running += count

    def ended(self, number: int) -> None:
        """A worker has one run less."""
        if known := self._known.get(number):
            known.running -= 1

    def free(self, number: int) -> int:
        """How many more runs one worker may have."""
        known = self._known.get(number)
        return known.free if known else 0

    @property
    def newest(self) -> int:
        """The newest generation that a worker serves, 0 where there is none."""
        return max((one.generation for one in self._known.values()), default=0)

    @property
    def freest(self) -> Session | None:
        """The worker of the newest generation that may have most; None where none may have any."""
        newest = -1
        best: Session | None = None
        for one in self._known.values():
            if one.generation > newest:
                newest, best = one.generation, one
            elif one.generation == newest and (best is None or one.free > best.free):
                best = one
        return best if best is not None and best.free else None
