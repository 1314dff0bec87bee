"""How a call can fail.

    CallError
    ├── HostNotFound   ┐
    ├── Unreachable    ├ nothing was sent
    ├── Untrusted      ┘ no TLS connection, or none to whom it should be
    ├── Broke            the connection ended before the head of the answer was whole
    ├── BrokeOff         … before its body was
    ├── NotHTTP          the answer is not HTTP/1.1, or not in bounds where HTTP sets none
    ├── TooLarge         the body is over its limit
    └── Late             the deadline passed

The text of an error is for operators: it may hold addresses, and never anything of the answer.
"""

from __future__ import annotations


class CallError(Exception):
    """The root of the tree; never raised itself."""


class HostNotFound(CallError):  # noqa: N818 - they are named for what happened
    """The host has no address."""


class Unreachable(CallError):  # noqa: N818
    """None of the host's addresses takes connections."""


class Untrusted(CallError):  # noqa: N818
    """TLS could not be agreed on, or the certificate does not prove who answers."""


class Broke(CallError):  # noqa: N818
    """The connection ended before the head of the answer; the request may have been read."""


class BrokeOff(CallError):  # noqa: N818
    """The connection ended inside the answer's body."""


class NotHTTP(CallError):  # noqa: N818
    """The answer does not follow RFC 9112, or its head is too large."""


class TooLarge(CallError):  # noqa: N818
    """The body of the answer is over its limit; `status` is what was answered."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status


class Late(CallError):  # noqa: N818
    """The whole answer was not there before the deadline."""
