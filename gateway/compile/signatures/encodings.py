"""Hex and base64 as one text for one value: what is written otherwise is not a signature."""

from __future__ import annotations

import binascii
from collections.abc import Callable

_HEX_DIGITS = b"0123456789abcdef"


def from_hex(text: bytes) -> bytes | None:
    """Lower-case hex digits as bytes; None for anything else, upper case and spaces too."""
    if len(text) % 2 or text.translate(None, _HEX_DIGITS):
        return None
    return binascii.unhexlify(text)


def from_base64(text: bytes) -> bytes | None:
    """Padded base64 (RFC 4648 §4) as bytes; None for anything else.

    Bits that padding leaves over must be zero: without that, four texts mean the same bytes.
    """
    try:
        value = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        return None
    return value if to_base64(value) == text else None


def to_base64(value: bytes) -> bytes:
    """Padded base64 without a newline."""
    return binascii.b2a_base64(value, newline=False)


DECODERS: dict[str, Callable[[bytes], bytes | None]] = {"hex": from_hex, "base64": from_base64}
ENCODERS: dict[str, Callable[[bytes], bytes]] = {"hex": binascii.hexlify, "base64": to_base64}
