"""What a worker can tell operators whom it answers itself, on the callers' listener."""

from __future__ import annotations

from gateway.operate.store_access import StoreAccess
from gateway.operate.view import GenerationView, of_generation
from gateway.reload.follower import Follower
from gateway.reload.messages import Board, Report
from gateway.runs.counts import Counts
from gateway.runtime.runtime import Runtime
from gateway.serve.switch import Switch


class WorkerView:
    """The worker's own generation; the rest is asked of the leader."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.store = StoreAccess(runtime.settings, self._store_problem, self._store_counts)
        self.follower: Follower
        self.switch: Switch

    def _store_problem(self) -> str:
        runs, board = self._runtime.runs, self.board
        own = "" if runs is None else runs.store_problem
        return board.store or own or board.storeless

    def _store_counts(self) -> Counts | None:
        """What the worker tells of its past, which is where its operators' changes belong."""
        runs = self._runtime.runs
        return runs.store.counts if runs is not None and runs.stores else None

    @property
    def draining(self) -> bool:
        """Whether the gateway was told to stop."""
        return self._runtime.draining

    @property
    def generation(self) -> GenerationView | None:
        """What this worker serves."""
        return of_generation(self.switch.generation)

    @property
    def board(self) -> Board:
        """What the leader said of all workers."""
        return self.follower.board

    def gate(self, hook: str) -> bytes | None:
        """What digests what a durable hook lets in."""
        generation = self.switch.generation
        hooks = () if generation is None else generation.hooks
        running = (one.running for one in hooks if one.name == hook)
        return next((one.gate for one in running if one is not None), None)

    async def reload(self, seconds: float) -> Report:
        """Ask the leader to look again."""
        return await self.follower.reload(seconds)

    async def metrics(self, accept: str, seconds: float) -> tuple[bytes, str]:
        """Ask the supervisor for the metrics of all workers."""
        return await self.follower.scrape(accept, seconds)
