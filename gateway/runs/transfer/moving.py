"""A move: both stores are frozen, runs and keys are copied, and then one of the two goes on.

It may be cut off anywhere, and goes on when it is begun again. At no time do gateways use both.
"""

from __future__ import annotations

from collections.abc import Callable

from gateway.runs.frozen import Frozen
from gateway.runs.transfer.rows import Identity
from gateway.runs.transfer.store import FIRST, MoveError, Store

Tell = Callable[[int, int], None]
"""Is told of so many runs copied, of so many."""


class Move:
    """One move, from one store to another."""

    def __init__(self, source: Store, target: Store, tell: Tell = lambda _done, _all: None) -> None:
        self._source = source
        self._target = target
        self._tell = tell
        self._from: Identity
        self._to: Identity

    async def check(self) -> int:
        """How many runs there are to move. Raises MoveError where that is not possible."""
        source, target = self._source, self._target
        self._from, self._to = await source.identity(), await target.identity()
        if self._from.id == self._to.id:
            raise MoveError(f"{source.name} and {target.name} are the same store, or copies of one")
        self._check_source(await source.frozen())
        await self._check_target(await target.frozen())
        await self._check_unused()
        return sum((await source.counts()).values())

    async def make(self) -> int:
        """Move everything; how many runs there were. Raises MoveError."""
        count = await self.check()
        source, target = self._source, self._target
        if self._has_ended(await source.frozen()):
            await target.thaw()
            return count
        await target.freeze(Frozen("from", self._from.id.hex(), source.name))
        await source.freeze(Frozen("to", self._to.id.hex(), target.name))
        try:
            # A gateway that has come meanwhile is seen here, or has seen that the store is frozen.
            await self._check_unused()
        except MoveError:
            if not await target.last():
                await source.thaw()
                await target.thaw()
            raise
        await target.adopt(self._from)
        await self._copy_runs(count)
        await self._copy_keys()
        if await source.counts() != await target.counts():
            raise MoveError(f"{target.name} has not the runs that {source.name} has")
        # From here on the runs are those of the target.
        await source.freeze(Frozen("moved", self._to.id.hex(), target.name))
        await target.thaw()
        return count

    async def abandon(self) -> None:
        """Empty the target, and let the source go on. Raises MoveError where there is no move."""
        source, target = self._source, self._target
        self._from, self._to = await source.identity(), await target.identity()
        there, here = await target.frozen(), await source.frozen()
        if self._has_ended(here):
            raise MoveError(f"the move has ended: {target.name} has the runs")
        goes_on = here is not None and here.direction == "to" and here.other == self._to.id.hex()
        if there is not None and (there.direction != "from" or there.other != self._from.id.hex()):
            raise MoveError(f"{target.name} takes part in a move of other runs")
        if here is not None and not goes_on:
            raise MoveError(f"{source.name} takes part in a move to {here.name}")
        if there is None and here is None:
            raise MoveError(f"there is no move from {source.name} to {target.name}")
        if there is not None:
            await target.clear()
        await source.thaw()

    def _has_ended(self, frozen: Frozen | None) -> bool:
        return (
            frozen is not None and frozen.direction == "moved" and frozen.other == self._to.id.hex()
        )

    def _check_source(self, frozen: Frozen | None) -> None:
        name = self._source.name
        if frozen is None or (frozen.direction != "from" and frozen.other == self._to.id.hex()):
            return
        if frozen.direction == "moved":
            raise MoveError(f"the runs in {name} were moved to {frozen.name} before")
        raise MoveError(
            f"{name} takes part in a move {frozen.direction} {frozen.name}, which has not ended"
        )

    async def _check_target(self, frozen: Frozen | None) -> None:
        target = self._target
        if frozen is not None:
            if frozen.direction == "moved":
                raise MoveError(
                    f"the runs in {target.name} were moved away to {frozen.name}: "
                    f"{target.removal}, or move to another store"
                )
            if frozen.direction == "to":
                raise MoveError(
                    f"the runs in {target.name} are being moved away to {frozen.name}: end that "
                    "move first, or give it up with --abandon"
                )
            if frozen.other != self._from.id.hex():
                raise MoveError(
                    f"{target.name} takes part in a move from {frozen.name}, which has not ended"
                )
            return
        if self._has_ended(await self._source.frozen()):
            raise MoveError(f"the runs were moved to {target.name} before: use that store")
        if await target.last() or await target.keys(FIRST):
            raise MoveError(
                f"{target.name} has runs of its own: move to an empty store, or, if nobody needs "
                f"them, {target.removal}"
            )

    async def _check_unused(self) -> None:
        for store in (self._source, self._target):
            if users := await store.users():
                raise MoveError(
                    f"{store.name} is used by {', '.join(users)}: stop it, and wait for half a "
                    "minute where it was killed"
                )

    async def _copy_runs(self, count: int) -> None:
        after = await self._target.last()
        done = sum((await self._target.counts()).values())
        self._tell(done, count)
        while runs := await self._source.runs(after):
            await self._target.put(runs, after)
            after, done = runs[-1].seq, done + len(runs)
            self._tell(done, count)

    async def _copy_keys(self) -> None:
        after = FIRST
        while keys := await self._source.keys(after):
            await self._target.put_keys(keys)
            after = keys[-1].hook, keys[-1].key
