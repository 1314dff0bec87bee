"""A store as a move sees it: nobody else uses it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gateway.errors import GatewayError
from gateway.runs.frozen import Frozen
from gateway.runs.transfer.rows import Identity, Key, Run

Last = tuple[str, bytes]
"""A key, by hook and digest."""
FIRST: Last = ("", b"")
BATCH = 1000
BYTES = 8 * 1024 * 1024
"""What is copied in one transaction at most; the first run of it may be larger."""


class MoveError(GatewayError):
    """A move cannot be made, or does not go on; why, and what to do."""


class Store(Protocol):
    """One end of a move. Reading and writing raise MoveError where the store cannot be used."""

    name: str
    """What operators call it, without a password."""
    removal: str
    """How operators remove what is in it."""

    async def identity(self) -> Identity:
        """Which store it is."""

    async def frozen(self) -> Frozen | None:
        """The move that it takes part in."""

    async def freeze(self, frozen: Frozen) -> None:
        """Write down the move; no gateway begins to use the store from then on."""

    async def users(self) -> list[str]:
        """The gateways that use it now."""

    async def counts(self) -> dict[int, int]:
        """How many runs are in which state, by its number."""

    async def runs(self, after: int) -> list[Run]:
        """The next runs behind a place in the order of acceptance, some at a time."""

    async def keys(self, after: Last) -> list[Key]:
        """The next keys that belong to a run, by hook and digest."""

    async def adopt(self, identity: Identity) -> None:
        """Make tickets and digests as the other store does, so that those it has made are known."""

    async def last(self) -> int:
        """The place of the last run, 0 where there is none."""

    async def put(self, runs: Sequence[Run], after: int) -> None:
        """Add runs, all of them or none. `after` is the place of the last one that is there."""

    async def put_keys(self, keys: Sequence[Key]) -> None:
        """Add keys, or write them again."""

    async def clear(self) -> None:
        """Forget all runs and keys, and the move."""

    async def thaw(self) -> None:
        """Forget the move: gateways may use the store."""

    async def close(self) -> None:
        """Let go of it."""
