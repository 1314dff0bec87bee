"""What one connection and one server may cost."""

from __future__ import annotations

import msgspec

KIB = 1024


class ServerLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes in bytes, times in seconds, rates in bytes a second.

    Deadlines are kept by one sweep, every `tick`: none ends early, none later than one `tick`
    after its time.
    """

    connections: int = 2048
    """Open at a time. Beyond it the longest idle connection ends, or a new one waits to be
    accepted."""
    heads_yield: bool = False
    """Whether, where none is idle, the oldest connection without a whole head ends."""
    per_client: int = 0
    """Open at a time from one address (IPv6: one /64); 0: as many as `connections`."""
    head: int = 16 * KIB
    """Request line and fields, the empty line included."""
    fields: int = 100
    target: int = 8 * KIB
    chunks: int = 8192
    """Chunks of one body: one of a byte costs as much work as one of 64 KiB."""
    unread: int = 64 * KIB
    """What is read ahead: of a body that the app has not asked for, of requests that wait."""
    header_timeout: float = 5.0
    """From the connection, or from the first byte of a further request, to the end of its head."""
    idle_timeout: float = 75.0
    """Between two requests."""
    body_timeout: float = 20.0
    body_grace: float = 3.0
    body_rate: int = KIB
    """The least rate that a body must arrive with once `body_grace` has passed."""
    write_timeout: float = 10.0
    write_rate: int = KIB
    """The least rate that an answer must be read with, looked at every `write_timeout`."""
    discard: int = 8 * KIB * KIB
    """What is read and thrown away of a body that was not wanted, for `discard_timeout`."""
    discard_timeout: float = 2.0
    tick: float = 0.25
