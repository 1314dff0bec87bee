"""The head of an invocation that was stored: the data as accepted, the way as the hook is now."""

from __future__ import annotations

from urllib.parse import urlencode

from gateway.compile.invocation_head import of_body, with_query, written
from gateway.compile.payload import WITH_BODY
from gateway.compile.templates.headers import fixed_headers
from gateway.compile.templates.target import SAFE, is_filled
from gateway.errors import Unsent
from gateway.ids import traceparent
from gateway.language.outgoing import credential_headers
from gateway.language.spec import Workflow
from gateway.runs.invocation import Invocation
from gateway.wire.client import Endpoint
from gateway.wire.client.head import line, request_line

NO_TARGET = "the hook's URL has templates now, and had none when the request was stored"


class StoredHead:
    """The heads of a hook's stored invocations. A field of the invocation takes the place of one
    that the hook writes now.
    """

    __slots__ = ("_method", "_proofs", "_sized", "_target", "_written")

    def __init__(self, workflow: Workflow, endpoint: Endpoint) -> None:
        self._method = workflow.method
        self._sized = workflow.method in WITH_BODY
        self._target = "" if is_filled(workflow) else with_query(endpoint.target, workflow)
        host = line(b"Host", endpoint.authority.encode("ascii"))
        self._proofs = [
            name.lower().encode() for name in credential_headers(workflow.authentication)
        ]
        self._written = {b"host": host, **dict(written(fixed_headers(workflow)))}

    def __call__(self, stored: Invocation, run: str, attempt: int) -> bytes:
        """The head of an attempt, but for the lines of its credentials and its end. It has none of
        their names: the hook may have got credentials after the invocation was stored.

        Raises ValueError for a value that is not fit for a header, and Unsent where the hook needs
        values for its URL that were not stored.
        """
        lines = dict(self._written)
        for name, value in stored.headers:
            lines[name.lower().encode("latin-1")] = _line(name, value)
        for proof in self._proofs:
            lines.pop(proof, None)
        return b"%b%bIdempotency-Key: %b\r\nGateway-Attempt: %d\r\n%b%b%b" % (
            request_line(self._method, self._asking(stored)),
            b"".join(lines.values()),
            run.encode("ascii"),
            attempt,
            _line("X-Request-Id", stored.request_id),
            _line("traceparent", traceparent(stored.trace.encode("latin-1"))),
            of_body(stored.body, stored.content_type, self._sized),
        )

    def _asking(self, stored: Invocation) -> str:
        target = stored.target or self._target
        if not target:
            raise Unsent(NO_TARGET)
        if not stored.query:
            return target
        return target + ("&" if "?" in target else "?") + urlencode(stored.query, safe=SAFE)


def _line(name: str, value: str) -> bytes:
    return line(name.encode("latin-1"), value.encode("latin-1"))
