"""Compressed bodies (RFC 9110 §8.4.1), decompressed within the limits of every other body."""

from __future__ import annotations

import zlib
from functools import partial

from gateway.errors import Malformed, TooLarge, UnsupportedMedia
from gateway.runtime.body_memory import Charge, joined
from gateway.runtime.offloading import SMALL, Offloading

GZIP, ZLIB = 31, 15
"""The `wbits` of zlib for RFC 1952 and for RFC 1950, which HTTP calls deflate."""
PIECE = 256 * 1024
"""Bytes that are made of as many in one step; each is accounted for before it is made."""

_NAMES = {b"gzip": "gzip", b"x-gzip": "gzip", b"deflate": "deflate"}
_WINDOWS = {"gzip": GZIP, "deflate": ZLIB}


def coding_of(said: bytes | None, accepted: tuple[str, ...]) -> str | None:
    """The coding that a Content-Encoding says; None where it says none.

    Raises UnsupportedMedia for another one, and for several one around the other.
    """
    if said is None or said.strip(b" \t").lower() in (b"", b"identity"):
        return None
    coding = _NAMES.get(said.strip(b" \t").lower())
    if coding in accepted:
        return coding
    names = ", ".join((*accepted, "identity"))
    raise UnsupportedMedia(
        f"This hook accepts bodies with the Content-Encoding {names}.",
        ((b"accept-encoding", names.encode("ascii")),),
        reason="The body has a Content-Encoding that is not in `receive.encoding`.",
    )


async def inflated(
    body: bytes, coding: str, limit: int, charge: Charge, offloading: Offloading
) -> bytes:
    """What a body was before it was compressed, at most `limit` bytes; they stay charged.

    Raises what `charge` raises, TooLarge beyond the limit, Malformed for what is broken or cut
    off, and for bytes behind the end: two programs could read these differently.
    """
    stream = _Stream(body, coding)
    pieces: list[bytes] = []
    size = 0
    while not stream.ended:
        step = min(PIECE if pieces else SMALL, limit - size + 1)
        charge(step)
        # A small body is most often one piece. What is longer, in or out, is read in a thread.
        piece = await offloading.run(max(step, len(body)), partial(stream.read, step))
        charge(len(piece) - step)
        size += len(piece)
        if size > limit:
            raise TooLarge(f"The decompressed body is larger than {limit} bytes.")
        pieces.append(piece)
    return joined(pieces, size, charge)


class _Stream:
    """A compressed body that is read piece by piece."""

    __slots__ = ("_at", "_body", "_stream", "_tail")

    def __init__(self, body: bytes, coding: str) -> None:
        self._body = body
        self._at = 0
        self._tail = b""
        self._stream = zlib.decompressobj(_WINDOWS[coding])

    @property
    def ended(self) -> bool:
        """Whether all was read. Raises Malformed for bytes behind the end."""
        if self._stream.eof and (self._stream.unused_data or self._at < len(self._body)):
            raise Malformed("There are bytes behind the end of the compressed body.")
        return self._stream.eof

    def read(self, size: int) -> bytes:
        """At most so many bytes, and at least one before the end. Raises Malformed."""
        piece = b""
        while not (piece or self._stream.eof):
            data = self._tail or self._next()
            try:
                piece = self._stream.decompress(data, size)
            except zlib.error:
                raise Malformed("The body is not what its Content-Encoding says.") from None
            if not (data or piece or self._stream.eof):
                raise Malformed("The compressed body ends too early.")
            self._tail = self._stream.unconsumed_tail
        return piece

    def _next(self) -> bytes:
        data = self._body[self._at : self._at + PIECE]
        self._at += len(data)
        return data
