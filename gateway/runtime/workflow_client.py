"""The HTTP client that invokes workflows: bounded in time and size, follows nothing."""

from __future__ import annotations

from collections.abc import Awaitable
from pathlib import Path

from gateway.errors import WorkflowFailure, WorkflowTimeout
from gateway.wire.client import Client, Endpoint, Pool, Reply
from gateway.wire.client.errors import (
    Broke,
    BrokeOff,
    CallError,
    HostNotFound,
    Late,
    NotHTTP,
    TooLarge,
    Unreachable,
    Untrusted,
)
from gateway.wire.client.tls import Identity

_REASONS: dict[type[CallError], str] = {
    HostNotFound: "the workflow's host name was not found",
    Unreachable: "the workflow could not be reached",
    Untrusted: "the gateway could not make a trusted TLS connection to the workflow",
    Broke: "the connection to the workflow was lost before it answered",
    BrokeOff: "the workflow's answer is incomplete",
    NotHTTP: "the workflow's answer is not valid HTTP",
}
"""What happened in words that a caller may read: no address, no name, no library's text."""


class WorkflowClient:
    """The connections of all hooks. `limit` is how many bytes an answer may have; `ca_file` is a
    PEM bundle that is trusted beside the system's roots.
    """

    def __init__(self, limit: int, ca_file: Path | None = None) -> None:
        self._limit = limit
        self._client = Client(ca_file)

    def pool(self, endpoint: Endpoint, identity: Identity | None = None) -> Pool:
        """The connections to an endpoint's server; asked for when a hook is compiled."""
        return self._client.pool(endpoint, identity)

    def send(
        self, pool: Pool, head: bytes, body: bytes, seconds: float, limit: int | None = None
    ) -> Awaitable[Reply]:
        """Send one request, once, and read its whole answer, at most `limit` bytes.

        Raises WorkflowTimeout when the deadline passes, WorkflowFailure when the workflow cannot
        be reached or does not answer in HTTP, or with too much.
        """
        return pool.send(head, body, seconds, self._limit if limit is None else limit, _failure)

    async def close(self) -> None:
        """Close every connection."""
        await self._client.close()


def _failure(error: CallError, seconds: float, limit: int) -> WorkflowFailure:
    match error:
        case Late():
            return WorkflowTimeout(f"{WorkflowTimeout.BEGINS} {seconds:g} s")
        case TooLarge(status=status):
            return WorkflowFailure(f"the workflow's answer is larger than {limit} bytes", status)
    unanswered = isinstance(error, HostNotFound | Unreachable | Untrusted | Broke)
    kind = "unreachable" if unanswered else "unusable"
    reason = _REASONS[type(error)]
    logged = f"{reason}: {error}" if isinstance(error, Unreachable | Untrusted) else ""
    return WorkflowFailure(reason, kind=kind, logged=logged)
