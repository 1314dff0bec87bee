"""The first of several attempts that comes about."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")


async def first(
    attempts: Sequence[Callable[[], Coroutine[Any, Any, T]]],
    pause: float,
    close: Callable[[T], None],
) -> tuple[T, int]:
    """What an attempt gives, and its number. Each begins `pause` seconds after the one before, or
    as soon as another one has failed. What others give is closed. Where all fail, raises what the
    first one did.
    """
    tasks: list[asyncio.Task[T]] = []
    winner: asyncio.Task[T] | None = None
    try:
        for attempt in attempts:
            tasks.append(asyncio.create_task(attempt()))
            if (winner := await _winner(tasks, pause)) is not None:
                break
        while winner is None and not all(task.done() for task in tasks):
            winner = await _winner(tasks, None)
        ended = winner or tasks[0]
        return ended.result(), tasks.index(ended)
    finally:
        for task in tasks:
            if task is not winner:
                task.cancel()
                task.add_done_callback(partial(_dispose, close))


async def _winner(
    tasks: Sequence[asyncio.Task[T]], seconds: float | None
) -> asyncio.Task[T] | None:
    """The first that has come about, if one has once another one ends or time is up."""
    running = [task for task in tasks if not task.done()]
    await asyncio.wait(running, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    return next((task for task in tasks if task.done() and task.exception() is None), None)


def _dispose(close: Callable[[T], None], task: asyncio.Task[T]) -> None:
    if not task.cancelled() and task.exception() is None:
        close(task.result())
