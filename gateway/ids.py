"""Identifiers: run and request ids, trace contexts."""

from __future__ import annotations

import os
import re
import time

_TRACEPARENT = re.compile(rb"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})")
_REQUEST_ID = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")


class _Entropy:
    """Random hex digits from the system, drawn a page at a time: a call for each id is slow."""

    def __init__(self) -> None:
        self._digits = ""
        self._at = 0
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        self._at = len(self._digits)

    def take(self, count: int) -> str:
        end = self._at + count
        if end > len(self._digits):
            self._digits = os.urandom(2048).hex()
            self._at, end = 0, count
        taken = self._digits[self._at : end]
        self._at = end
        return taken


_take = _Entropy().take
_VARIANT = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))


def uuid7() -> str:
    """A time-ordered UUID, version 7 (RFC 9562 §5.7), in its usual text form."""
    stamp = f"{time.time_ns() // 1_000_000:012x}"
    random = _take(19)
    return f"{stamp[:8]}-{stamp[8:]}-7{random[:3]}-{_VARIANT[random[3]]}{random[4:7]}-{random[7:]}"


def request_id(received: bytes | None) -> str:
    """The caller's `X-Request-Id` where it is safe to repeat and log, otherwise a new one."""
    if received is not None and _REQUEST_ID.fullmatch(received):
        return received.decode("ascii")
    return uuid7()


def traceparent(received: bytes | None) -> str:
    """A child of the caller's trace context, or a new trace (W3C Trace Context, level 1)."""
    parent = _take(16)
    if received is not None and (found := _TRACEPARENT.fullmatch(received)):
        return f"00-{found[1].decode()}-{parent}-{found[2].decode()}"
    return f"00-{_take(32)}-{parent}-01"
