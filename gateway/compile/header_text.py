"""The value of a header as text."""

from __future__ import annotations


def header_text(value: bytes) -> str:
    """UTF-8 as senders of today mean it, else Latin-1 as HTTP/1.0 did: every value has a text.

    Text that was UTF-8 is sent on as the same bytes.
    """
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
