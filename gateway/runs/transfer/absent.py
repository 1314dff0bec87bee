"""A store that is not there yet, as a dry run sees it."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.runs.frozen import Frozen
from gateway.runs.transfer.rows import Identity, Key, Run
from gateway.runs.transfer.store import Last, MoveError, Store


class Absent(Store):
    """Has nothing, and keeps nothing."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.removal = ""

    async def identity(self) -> Identity:
        """That of no store."""
        return Identity(b"", b"", b"")

    async def frozen(self) -> Frozen | None:
        """None: it takes part in no move."""
        return None

    async def users(self) -> list[str]:
        """Nobody."""
        return []

    async def counts(self) -> dict[int, int]:
        """No runs."""
        return {}

    async def runs(self, after: int) -> list[Run]:
        """No runs."""
        return []

    async def keys(self, after: Last) -> list[Key]:
        """No keys."""
        return []

    async def last(self) -> int:
        """Before the first place."""
        return 0

    async def freeze(self, frozen: Frozen) -> None:
        """Raises MoveError, as everything does that writes."""
        raise self._nothing

    async def adopt(self, identity: Identity) -> None:
        """Raises MoveError."""
        raise self._nothing

    async def put(self, runs: Sequence[Run], after: int) -> None:
        """Raises MoveError."""
        raise self._nothing

    async def put_keys(self, keys: Sequence[Key]) -> None:
        """Raises MoveError."""
        raise self._nothing

    async def clear(self) -> None:
        """Raises MoveError."""
        raise self._nothing

    async def thaw(self) -> None:
        """Raises MoveError."""
        raise self._nothing

    async def close(self) -> None:
        """Nothing is open."""

    @property
    def _nothing(self) -> MoveError:
        return MoveError(f"{self.name} is not there, and a dry run does not make it")
