"""Large bodies: decoded, judged and encoded away from the event loop, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

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

    async def judge(self, body: bytes, judging: Callable[[], Result]) -> Result:
        """The result of judging, in a thread.

        Raises Unavailable where there is no memory for what is decoded.
        """
        # Whatever the budget is, one body alone finds room.
        size = min(decoded_size(body), self._memory.limit // 2)
        async with self._offloading.turn:
            self._memory.take(size)
            try:
                return await self._offloading.run(len(body), judging)
            finally:
                self._memory.give_back(size)
