"""Identifiers: run and request ids, trace contexts."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable

_TRACEPARENT = re.compile(rb"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})")
_REQUEST_ID = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")


_BATCH = 64
"""Random values that are drawn from the system at a time: a call for each id is slow."""
_VARIANT = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))


class _Drawn:
    """Random hexadecimal texts, each `size` bytes of the system's and given out once."""

    __slots__ = ("_make", "_ready", "_size")

    def __init__(self, size: int, make: Callable[[str], str]) -> None:
        self._size = size
        self._make = make
        self._ready: list[str] = []
        os.register_at_fork(after_in_child=self._ready.clear)

    def __call__(self) -> str:
        try:
            return self._ready.pop()
        except IndexError:
            digits, step = os.urandom(_BATCH * self._size).hex(), 2 * self._size
            drawn = [self._make(digits[at : at + step]) for at in range(0, len(digits), step)]
            taken = drawn.pop()
            self._ready += drawn
            return taken


def _behind_the_stamp(random: str) -> str:
    return f"-7{random[:3]}-{_VARIANT[random[3]]}{random[4:7]}-{random[7:19]}"


_tail = _Drawn(10, _behind_the_stamp)
_span = _Drawn(8, str)
_trace = _Drawn(16, str)


def uuid7() -> str:
    """A time-ordered UUID, version 7 (RFC 9562 §5.7), in its usual text form."""
    stamp = "%012x" % (time.time_ns() // 1_000_000)
    return f"{stamp[:8]}-{stamp[8:]}{_tail()}"


def request_id(received: bytes | None) -> str:
    """The caller's `X-Request-Id` where it is safe to repeat and log, otherwise a new one."""
    if received is not None and _REQUEST_ID.fullmatch(received):
        return received.decode("ascii")
    return uuid7()


def traceparent(received: bytes | None) -> str:
    """A child of the caller's trace context, or a new trace (W3C Trace Context, level 1)."""
    parent = _span()
    if received is not None and (found := _TRACEPARENT.fullmatch(received)):
        return f"00-{found[1].decode()}-{parent}-{found[2].decode()}"
    return f"00-{_trace()}-{parent}-01"
