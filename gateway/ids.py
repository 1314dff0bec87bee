"""Identifiers: run and request ids, trace contexts."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from functools import lru_cache

_TRACEPARENT = re.compile(rb"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})")
_REQUEST_ID = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")


_BATCH = 64
"""Random texts that are made at a time of one call to the system: a call for each is slow."""
_WORDS = 4 * _BATCH
_RANDOM = int.from_bytes(b"\x0f\xff\x3f\xff" * _BATCH)
_MARKS = int.from_bytes(b"\x70\x00\x80\x00" * _BATCH)
"""The bits of a batch that are random in the third and the fourth group of a UUID, and those that
say version 7 and RFC 9562."""


class _Drawn:
    """Random texts, each of `size` bytes of the system's and given out once."""

    __slots__ = ("_make", "_ready", "_size")

    def __init__(self, size: int, make: Callable[[bytes], list[str]]) -> None:
        self._size = size
        self._make = make
        self._ready: list[str] = []
        os.register_at_fork(after_in_child=self._ready.clear)

    def __call__(self) -> str:
        try:
            return self._ready.pop()
        except IndexError:
            drawn = self._make(os.urandom(_BATCH * self._size))
            taken = drawn.pop()
            self._ready += drawn
            return taken


def _tails(random: bytes) -> list[str]:
    """What stands behind the stamp of a UUID: version, variant and 74 random bits."""
    marked = int.from_bytes(random[:_WORDS]) & _RANDOM | _MARKS
    words = iter(marked.to_bytes(_WORDS).hex(" ", 2).split())
    nodes = random[_WORDS:].hex(" ", 6).split()
    return [f"-{a}-{b}-{node}" for a, b, node in zip(words, words, nodes, strict=True)]


def _spans(random: bytes) -> list[str]:
    return random.hex(" ", 8).split()


def _traces(random: bytes) -> list[str]:
    """Sampled trace contexts of 16 and 8 bytes."""
    digits = random.hex(" ", 8).split()
    return [f"00-{a}{b}-{c}-01" for a, b, c in zip(*[iter(digits)] * 3, strict=True)]


_tail = _Drawn(10, _tails)
_span = _Drawn(8, _spans)
_trace = _Drawn(24, _traces)


def uuid7() -> str:
    """A time-ordered UUID, version 7 (RFC 9562 §5.7), in its usual text form."""
    return _stamp(time.time_ns() // 1_000_000) + _tail()


@lru_cache(1)
def _stamp(milliseconds: int) -> str:
    """What a UUID begins with; a busy process makes several in one millisecond."""
    digits = f"{milliseconds:012x}"
    return f"{digits[:8]}-{digits[8:]}"


def request_id(received: bytes | None) -> str:
    """The caller's `X-Request-Id` where it is safe to repeat and log, otherwise a new one."""
    if received is not None and _REQUEST_ID.fullmatch(received):
        return received.decode("ascii")
    return uuid7()


def traceparent(received: bytes | None) -> str:
    """A child of the caller's trace context, or a new trace (W3C Trace Context, level 1)."""
    if received is not None and (found := _TRACEPARENT.fullmatch(received)):
        return f"00-{found[1].decode()}-{_span()}-{found[2].decode()}"
    return _trace()
