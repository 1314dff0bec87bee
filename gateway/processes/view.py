"""What operators are shown of the whole, in the supervisor."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from gateway.language.durable import durable_of
from gateway.operate.metrics.sample import Sample
from gateway.operate.metrics.store_numbers import StoreNumbers
from gateway.operate.metrics.totals import Totals
from gateway.operate.view import GenerationView, of_current
from gateway.reload.leader import Leader
from gateway.reload.messages import Board, Report

if TYPE_CHECKING:
    from gateway.operate.metrics.exposition import Exposition

STATES = ("serving", "stale", "out of service", "disabled")


class LeaderView:
    """What the leader knows of the whole, and what only the supervisor counts."""

    def __init__(self, leader: Leader, totals: Totals, store: StoreNumbers) -> None:
        self.draining = False
        self.ends = 0
        """Workers that ended without having been told to."""
        self.store = store.access
        self._leader = leader
        self._totals = totals
        self._stored = store

    @property
    def generation(self) -> GenerationView | None:
        """The digest of the served hooks."""
        return of_current(self._leader.current, self.board)

    @property
    def board(self) -> Board:
        """The workers, and what is wrong."""
        return self._leader.board

    async def reload(self, seconds: float) -> Report:
        """Look again, and wait until every worker serves what was found."""
        async with asyncio.timeout(seconds):
            return await asyncio.wrap_future(self._leader.reload())

    def gate(self, hook: str) -> bytes | None:
        """What digests what a durable hook lets in."""
        # Imported when somebody asks: a megabyte that most supervisors do without.
        from gateway.compile.delivery import gate_of

        current = self._leader.current
        loaded = () if current is None else current.loaded.values()
        specs = (one.spec for one in loaded if one.spec.name == hook)
        return next((gate_of(spec) for spec in specs if durable_of(spec) is not None), None)

    async def metrics(self, accept: str, seconds: float) -> tuple[bytes, str]:
        """All metrics, written in a thread: there may be as many series as there are hooks."""
        await self._stored.ask()
        async with asyncio.timeout(seconds):
            return await asyncio.to_thread(self._exposition, accept)

    def expose(self, accept: str) -> tuple[bytes, str]:
        """The same for another thread than the loop's."""
        self._stored.ask_from_thread()
        return self._exposition(accept)

    @cached_property
    def _exposition(self) -> Exposition:
        """Imported when somebody asks: three megabytes."""
        from gateway.operate.metrics.exposition import Exposition

        return Exposition(self._totals, self.samples, self._stored)

    def samples(self) -> Iterator[Sample]:
        """The metrics that no worker counts."""
        board, generation = self.board, self.generation
        hooks = () if generation is None else generation.hooks
        states = [hook.state for hook in hooks]
        yield Sample(
            "gateway_hooks",
            "Hooks by state.",
            {(("state", state),): states.count(state) for state in STATES},
        )
        yield Sample(
            "gateway_generation", "The number of the current generation.", {(): board.generation}
        )
        yield Sample(
            "gateway_last_reload_successful",
            "Whether the last reload succeeded.",
            {(): float(not board.problems and not board.rejecting)},
        )
        yield Sample(
            "gateway_last_reload_timestamp_seconds",
            "When the served generation was loaded.",
            {(): 0.0 if generation is None else generation.loaded_at},
        )
        digest = "" if generation is None else generation.digest[:12]
        yield Sample(
            "gateway_config_info",
            "The digest of the served hooks.",
            {(("digest", digest),): 1.0},
        )
        running = sum(1 for worker in board.workers if worker.process)
        yield Sample("gateway_workers", "Running workers.", {(): running})
        text = "Workers that ended unexpectedly."
        yield Sample("gateway_worker_ends", text, {(): self.ends}, counts=True)
