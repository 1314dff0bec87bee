"""Large bodies: decoded, judged and encoded away from the event loop, one at a time."""

from __future__ import annotations

from collections.abc import Coroutine
from functools import partial
from typing import Any, TypeVar

from gateway.compile.json_bounds import MAX_VALUES
from gateway.runtime.runtime import Runtime

Result = TypeVar("Result")

VALUE = 250
"""Bytes of the costliest value for its text, an object with a member: `{"":0}`."""
CHARACTER = 4
"""Bytes of each character of a text that has one beyond the Basic Multilingual Plane."""


def decoded_size(body: bytes) -> int:
    """At least as many bytes of memory as what is decoded from a body has."""
    return len(body) * CHARACTER + min(len(body) // 2, MAX_VALUES) * VALUE


class LargeBodies:
    """Judges large bodies in turn, so that the decoded values of one alone are in memory."""

    __slots__ = ("_memory", "_offloading")

    def __init__(self, runtime: Runtime) -> None:
        self._offloading = runtime.offloading
        self._memory = runtime.body_memory

    async def judge(self, body: bytes, judging: Coroutine[Any, Any, Result]) -> Result:
        """The result of a coroutine that has all it needs and waits for nothing.

        Raises Unavailable where there is no memory for what is decoded.
        """
        # Whatever the budget is, one body alone finds room.
        size = min(decoded_size(body), self._memory.limit // 2)
        try:
            async with self._offloading.turn:
                self._memory.take(size)
                try:
                    return await self._offloading.run(len(body), partial(_result, judging))
                finally:
                    self._memory.give_back(size)
        finally:
            judging.close()


def _result(coroutine: Coroutine[Any, Any, Result]) -> Result:
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: Result = done.value
        return result
    raise AssertionError("the body has been read: nothing is waited for")
