"""Identifiers: run and request ids, trace contexts."""

from __future__ import annotations

import os
import re
import time

_TRACEPARENT = re.compile(rb"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})")
_REQUEST_ID = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")


def uuid7() -> str:
    """A time-ordered UUID, version 7 (RFC 9562 §5.7), in its usual text form."""
    stamp = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    value = (
        (stamp & 0xFFFFFFFFFFFF) << 80
        | 0x7 << 76
        | (random >> 68 & 0xFFF) << 64
        | 0x2 << 62
        | (random & 0x3FFFFFFFFFFFFFFF)
    )
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def request_id(received: bytes | None) -> str:
    """The caller's `X-Request-Id` where it is safe to repeat and log, otherwise a new one."""
    if received is not None and _REQUEST_ID.fullmatch(received):
        return received.decode("ascii")
    return uuid7()


def traceparent(received: bytes | None) -> str:
    """A child of the caller's trace context, or a new trace (W3C Trace Context, level 1)."""
    parent = os.urandom(8).hex()
    if received is not None and (found := _TRACEPARENT.fullmatch(received)):
        return f"00-{found[1].decode()}-{parent}-{found[2].decode()}"
    return f"00-{os.urandom(16).hex()}-{parent}-01"
