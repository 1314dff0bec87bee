"""Runs and results for tests of the store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec

from gateway.ids import uuid7
from gateway.runs.run import Assignment, NewRun, Policies, Result
from gateway.runs.sqlite.client import SqliteStore

P = ParamSpec("P")


def in_loop(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Runs a test in an event loop of its own."""

    @wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(test(*args, **kwargs))

    return run


def new_run(**given: Any) -> NewRun:
    """A run to be accepted."""
    values = {"hook": "hook", "invocation": b"body", "gate": b"32 bytes", "give_up": 3600}
    return NewRun(id=uuid7(), **{**values, **given})


def done(run: str, attempt: int = 1, outcome: Any = "succeeded", **given: Any) -> Result:
    """The end of an attempt."""
    return Result(run=run, attempt=attempt, outcome=outcome, status_code=200, **given)


class Taken:
    """What a client was given, and what was taken from it."""

    def __init__(self, client: SqliteStore, credit: int = 512, generation: int = 1) -> None:
        self.started: list[Assignment] = []
        self.stopped: list[tuple[str, int]] = []
        client.serving(Policies(generation, {}))
        client.deliver(self.started.append, lambda *one: self.stopped.append(one), credit)
