"""The head of an invocation: made once for a hook, but for what is of one request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote, urlencode

from gateway import __version__
from gateway.compile.exchange import Exchange
from gateway.compile.payload import JSON, WITH_BODY, Payload
from gateway.compile.templates.data import unescaped
from gateway.compile.templates.headers import fixed_headers
from gateway.compile.templates.target import SAFE
from gateway.ids import traceparent
from gateway.language.literals import text_of
from gateway.language.spec import Workflow
from gateway.wire.client import Endpoint
from gateway.wire.client.head import line, request_line

USER_AGENT = f"webhook-gateway/{__version__}"
_CONTENT_ENCODING = b"content-encoding"
_PATH = b"x-path-"
_OF_JSON = line(b"Content-Type", JSON.encode())
_OWN = frozenset({b"x-request-id"})
"""What may be forwarded by its name, and is always our own."""


class InvocationHead:
    """The request line and the header fields of a hook's invocations.

    A field that is written stands in every invocation, unless the request gives its own: by a
    template, by `forward_headers`, as a path parameter (`X-Path-<Name>`, percent-encoded), as the
    encoding of a body that is handed on. Such fields are `_defaults`; all others are in the prefix.
    What has a template is not forwarded: one that is left out leaves no place for the caller's.
    """

    __slots__ = (
        "_defaults",
        "_fixed",
        "_forwarded",
        "_method",
        "_prefix",
        "_sized",
        "_target",
        "_varies",
    )

    def __init__(self, workflow: Workflow, endpoint: Endpoint) -> None:
        self._method = workflow.method
        self._sized = workflow.method in WITH_BODY
        self._target = with_query(endpoint.target, workflow)
        names = {name.lower().encode(): name.encode() for name in workflow.forward_headers}
        fixed = fixed_headers(workflow)
        filled = {name.lower().encode() for name in workflow.headers if name not in fixed}
        ours = filled | _OWN
        self._forwarded = tuple((low, name) for low, name in names.items() if low not in ours)
        lines = dict(written(fixed))
        changing = {
            name for name in lines
            if name in names or name == _CONTENT_ENCODING or name.startswith(_PATH)
            or name in filled
        }  # fmt: skip
        self._defaults = {name: lines.pop(name) for name in changing}
        self._varies = bool(self._forwarded or self._defaults or filled)
        host = line(b"Host", endpoint.authority.encode("ascii"))
        self._fixed = host + b"".join(lines.values())
        self._prefix = request_line(self._method, self._target) + self._fixed

    def __call__(self, exchange: Exchange, payload: Payload) -> bytes:
        """The head of one invocation, but for the lines of its credentials and its end.

        Raises ValueError for a value that is not fit for a header.
        """
        varies = self._varies or exchange.path_params or payload.content_encoding is not None
        return b"%b%bIdempotency-Key: %b\r\nX-Request-Id: %b\r\ntraceparent: %b\r\n%b" % (
            self._asking(payload) if payload.query or payload.target else self._prefix,
            self._changing(exchange, payload) if varies else b"",
            exchange.run.encode("ascii"),
            exchange.request_id.encode("ascii"),
            traceparent(exchange.header(b"traceparent")).encode("ascii"),
            of_body(payload.body, payload.content_type, self._sized),
        )

    def _asking(self, payload: Payload) -> bytes:
        """The prefix with the target of one request, and with its parameters behind those that
        are written.
        """
        target = payload.target or self._target
        if payload.query:
            between = "&" if "?" in target else "?"
            target += between + urlencode(payload.query, safe=SAFE)
        return request_line(self._method, target) + self._fixed

    def of_request(self, exchange: Exchange, payload: Payload) -> dict[bytes, bytes]:
        """The lines that only this request has, by their names in lower case."""
        return self._fill(dict(payload.lines or {}), exchange, payload)

    def _changing(self, exchange: Exchange, payload: Payload) -> bytes:
        lines = {**self._defaults, **(payload.lines or {})}
        return b"".join(self._fill(lines, exchange, payload).values())

    def _fill(
        self, lines: dict[bytes, bytes], exchange: Exchange, payload: Payload
    ) -> dict[bytes, bytes]:
        for received, name in self._forwarded:
            if values := exchange.lines(received):
                lines[received] = line(name, b", ".join(values))
        for parameter, value in exchange.path_params.items():
            name = f"X-Path-{parameter.replace('_', '-').title()}".encode("ascii")
            lines[name.lower()] = line(name, quote(value).encode("ascii"))
        if payload.content_encoding is not None:
            encoding = payload.content_encoding.encode()
            lines[_CONTENT_ENCODING] = line(b"Content-Encoding", encoding)
        return lines


def of_body(body: bytes | None, content_type: str | None, sized: bool) -> bytes:
    """The lines about a body; `sized` is whether the method always has one."""
    if body is None and not sized:
        return b""
    length = b"Content-Length: %d\r\n" % len(body or b"")
    if content_type is None:
        return length
    if content_type == JSON:
        return _OF_JSON + length
    return line(b"Content-Type", content_type.encode()) + length


def written(headers: Mapping[str, str]) -> Iterator[tuple[bytes, bytes]]:
    """Each field of every invocation, by its name in lower case; what is written wins."""
    fields = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **headers}
    for name, value in fields.items():
        yield name.lower().encode(), line(name.encode(), value.encode())


def with_query(target: str, workflow: Workflow) -> str:
    """The target with the parameters that are written, where none of them is filled in."""
    pairs = [(name, text_of(unescaped(value)) or "") for name, value in workflow.query.items()]
    if not pairs:
        return target
    return target + ("&" if "?" in target else "?") + urlencode(pairs, safe=SAFE)
