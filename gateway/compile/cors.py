"""What browsers ask for before a page of another origin may call a hook and read its answers.

The Fetch standard calls it the CORS protocol (https://fetch.spec.whatwg.org/#http-cors-protocol).
No answer allows credentials that a browser keeps, such as cookies.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

import msgspec

from gateway.compile.answer import NO_STORE, Answer, Headers
from gateway.compile.exchange import Exchange
from gateway.errors import Forbidden
from gateway.language.durable import durable_of
from gateway.language.inputs import response_of
from gateway.language.spec import ApiKeyAuthentication, Hook, NoAuthentication
from gateway.language.spec import SignatureAuthentication as Signed

ANY = "*"
MAX_AGE = b"600"
"""Seconds for which a browser need not ask again."""

_VARY = (b"vary", b"origin")
_OF_OUTCOMES: Headers = (
    (b"access-control-allow-methods", b"GET, HEAD"),
    (b"access-control-allow-headers", b"Prefer"),
    (b"access-control-max-age", MAX_AGE),
)
_READABLE = ("X-Request-Id", "Retry-After")
"""Headers of every hook's answers that pages may read."""


def is_preflight(exchange: Exchange) -> bool:
    """Whether a browser asks if a page may send a request (Fetch §4.8)."""
    known = exchange.fields
    return b"origin" in known and b"access-control-request-method" in known


class Cors:
    """The answers of one hook to pages of other origins."""

    __slots__ = ("_allowing", "_any", "_origins", "_preflight")

    def __init__(self, hook: Hook) -> None:
        assert not isinstance(hook.cors, msgspec.UnsetType)  # noqa: S101 - see `compile_cors`
        self._any = ANY in hook.cors.origins
        self._origins = frozenset(origin.encode() for origin in hook.cors.origins)
        exposed = (b"access-control-expose-headers", _listed(_exposed(hook)))
        self._allowing: Headers = (exposed,) if self._any else (exposed, _VARY)
        methods = (b"access-control-allow-methods", _listed(hook.methods))
        headers = (b"access-control-allow-headers", _listed(_allowed(hook)))
        self._preflight: Headers = (methods, headers, (b"access-control-max-age", MAX_AGE))

    def headers(self, exchange: Exchange) -> Headers:
        """What every answer of the hook says, whatever its status: a page of an allowed origin may
        read it.
        """
        if self._any:
            return ((b"access-control-allow-origin", b"*"), *self._allowing)
        origin = exchange.fields.get(b"origin")
        if not isinstance(origin, bytes) or origin not in self._origins:
            return (_VARY,)
        return ((b"access-control-allow-origin", origin), *self._allowing)

    def preflight(self, exchange: Exchange) -> Answer:
        """The answer to a preflight request. Raises Forbidden for another origin."""
        return self._allowed(exchange, self._preflight)

    def outcome_preflight(self, exchange: Exchange) -> Answer:
        """The same at the URL of an outcome of the hook."""
        return self._allowed(exchange, _OF_OUTCOMES)

    def _allowed(self, exchange: Exchange, allowing: Headers) -> Answer:
        headers = self.headers(exchange)
        if headers == (_VARY,):
            raise Forbidden("The hook does not allow pages of this origin.")
        exchange.outcome = "preflight"
        return Answer(204, (*headers, *allowing, NO_STORE), b"")

    async def readable(self, exchange: Exchange, answering: Awaitable[Answer]) -> Answer:
        """An answer that pages of the allowed origins may read."""
        answer = await answering
        headers = (*answer.headers, *self.headers(exchange))
        return msgspec.structs.replace(answer, headers=headers)


def compile_cors(hook: Hook) -> Cors | None:
    """What answers pages of other origins; None where the hook does not know them."""
    return None if isinstance(hook.cors, msgspec.UnsetType) else Cors(hook)


Activate = Callable[[Exchange], Awaitable[Answer]]


def readable(activate: Activate, cors: Cors | None) -> Activate:
    """What answers a hook's requests, so that pages may read the answers where the hook says so."""
    if cors is None:
        return activate
    return lambda exchange: cors.readable(exchange, activate(exchange))


def credential_header(hook: Hook) -> str:
    """The header in which callers send what opens the hook; empty where there is none of its own,
    and for signatures, whose secret no page can keep.
    """
    match hook.authentication:
        case ApiKeyAuthentication(header=header):
            return header if isinstance(header, str) else ""
        case str() | NoAuthentication() | Signed() | msgspec.UNSET:
            return ""
    return "Authorization"


def _allowed(hook: Hook) -> Iterator[str]:
    assert not isinstance(hook.cors, msgspec.UnsetType)  # noqa: S101
    yield "Content-Type"
    if header := credential_header(hook):
        yield header
    durable = durable_of(hook)
    if durable is not None and durable.prefer:
        yield "Prefer"
    yield from hook.cors.headers


def _exposed(hook: Hook) -> Iterator[str]:
    yield from _READABLE
    if durable_of(hook) is not None:
        yield from ("Location", "Preference-Applied")
    yield from response_of(hook).headers


def _listed(names: Iterator[str] | tuple[str, ...]) -> bytes:
    by_name = {name.lower(): name for name in names}
    return ", ".join(by_name.values()).encode()
