"""What is told of hooks and generations, in one form for whoever knows it: worker or leader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

import msgspec

from gateway.language.diagnostic import Diagnostic
from gateway.operate.store_access import StoreAccess
from gateway.reload.messages import Board, Report
from gateway.reload.numbering import Current

if TYPE_CHECKING:
    from gateway.serve.generation import Generation


class HookView(msgspec.Struct, frozen=True):
    """A hook as the status shows it."""

    name: str
    path: str
    methods: tuple[str, ...]
    file: str
    state: str
    problems: tuple[str, ...] = ()


class GenerationView(msgspec.Struct, frozen=True):
    """A generation; `loaded_at` is in seconds since 1970."""

    number: int
    digest: str
    loaded_at: float
    hooks: tuple[HookView, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


class HooksView(Protocol):
    """What is asked about hooks and their runs."""

    @property
    def generation(self) -> GenerationView | None:
        """What serves; None before there is anything."""

    @property
    def store(self) -> StoreAccess:
        """The runs of durable hooks."""

    def gate(self, hook: str) -> bytes | None:
        """What digests what the hook lets in; None for one that is not durable, or cannot run."""


class View(HooksView, Protocol):
    """What the operators' endpoints ask."""

    @property
    def draining(self) -> bool:
        """Whether the gateway was told to stop."""

    @property
    def board(self) -> Board:
        """The workers, and what is wrong."""

    async def reload(self, seconds: float) -> Report:
        """Look again. Raises TimeoutError."""

    async def metrics(self, accept: str, seconds: float) -> tuple[bytes, str]:
        """All metrics and their content type. Raises TimeoutError."""


def of_generation(generation: Generation | None) -> GenerationView | None:
    """A worker's view: what it serves itself."""
    if generation is None:
        return None
    hooks = tuple(
        HookView(one.name, one.route, one.methods, one.file, one.state, tuple(one.problems))
        for one in generation.hooks
    )
    loaded_at = generation.loaded_at.timestamp()
    found = tuple(generation.diagnostics)
    return GenerationView(generation.number, generation.digest, loaded_at, hooks, found)


def of_current(current: Current | None, board: Board) -> GenerationView | None:
    """The leader's view: what it decided, and what the workers say is out of service."""
    if current is None or not any(worker.generation for worker in board.workers):
        return None
    resolved = current.resolved
    hooks = (*_loaded(current, board), *_refused(current))
    return GenerationView(
        resolved.number, resolved.digest, resolved.loaded_at, hooks, resolved.diagnostics
    )


def _loaded(current: Current, board: Board) -> Iterator[HookView]:
    unwell = {
        (one.hook, one.file): one.problem for worker in board.workers for one in worker.unwell
    }
    for number, hook in current.loaded.items():
        spec = hook.spec
        problem = unwell.get((spec.name, hook.file))
        state = "stale" if number in current.resolved.stale else "serving"
        if not spec.enabled:
            state, problem = "disabled", None
        elif problem is not None:
            state = "out of service"
        problems = (problem,) if problem else ()
        yield HookView(spec.name, spec.route, spec.answered, hook.file, state, problems)


def _refused(current: Current) -> Iterator[HookView]:
    for one in current.resolved.refused:
        yield HookView(one.name, one.route, one.methods, one.file, "out of service")
