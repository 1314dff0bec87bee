"""The numbers that stand for hooks in the database."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.runs.postgres.session import Session

_ADD = """INSERT INTO gateway.hook(name) SELECT unnest($1::text[]) ORDER BY 1
    ON CONFLICT DO NOTHING"""
_READ = "SELECT number, name FROM gateway.hook"


class HookNames:
    """Names and numbers of all hooks that have or had runs. Other processes add to them."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._names: dict[int, str] = {}

    async def add(self, session: Session, names: Iterable[str]) -> None:
        """Let these have numbers."""
        unknown = sorted({name for name in names if name not in self._numbers})
        if unknown:
            await session.fetch(_ADD, unknown)
            await self.read(session)

    async def know(self, session: Session, numbers: Iterable[int]) -> None:
        """Learn the names of these."""
        if any(number not in self._names for number in numbers):
            await self.read(session)

    async def read(self, session: Session) -> None:
        """Learn all of them."""
        for number, name in await session.fetch(_READ):
            self._numbers[name], self._names[number] = number, name

    def number(self, name: str) -> int:
        """The number of a hook that has one."""
        return self._numbers[name]

    def known(self, name: str) -> int | None:
        """The number of a hook that has or had runs."""
        return self._numbers.get(name)

    def name(self, number: int) -> str:
        """The name of a hook whose number was read."""
        return self._names[number]
