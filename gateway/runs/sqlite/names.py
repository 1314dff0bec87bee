"""The numbers that stand for hooks in the store's file."""

from __future__ import annotations

from collections.abc import Callable

from gateway.runs.sqlite.database import Database
from gateway.runs.sqlite.fault import Unreadable


class HookNames:
    """Names and numbers of all hooks that have or had runs. `undo` keeps what to do on failure."""

    def __init__(self, db: Database, undo: Callable[[Callable[[], None]], None]) -> None:
        self._db = db
        self._undo = undo
        self._numbers: dict[str, int] = {}
        for number, name in db.execute("SELECT number, name FROM hook").fetchall():
            self._numbers[name] = number
        self._names = {number: name for name, number in self._numbers.items()}

    def number(self, name: str) -> int:
        """The number of a hook, a new one where it has none; within a transaction."""
        known = self._numbers.get(name)
        return self._add(name) if known is None else known

    def known(self, name: str) -> int | None:
        """The number of a hook that has or had runs."""
        return self._numbers.get(name)

    def name(self, number: int) -> str:
        """The name of a hook that has runs. Raises Unreadable."""
        try:
            return self._names[number]
        except KeyError:
            raise Unreadable(f"there is no hook {number}") from None

    def _add(self, name: str) -> int:
        made = self._db.number("INSERT INTO hook(name) VALUES (?) RETURNING number", (name,))
        self._numbers[name], self._names[made] = made, name

        def forget() -> None:
            del self._numbers[name], self._names[made]

        self._undo(forget)
        return made
