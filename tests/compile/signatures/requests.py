"""Requests as senders make them, and the engine's verdict on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from gateway.compile.signatures import CompiledScheme, Outcome, compile_scheme
from gateway.compile.signatures.members import written
from gateway.compile.signatures.request import request_of
from gateway.language.spec.signature import SignatureAuthentication

NOW = 1_700_000_000.0


class Sent(NamedTuple):
    """A request on its way, header names in any case."""

    headers: Mapping[str, str]
    body: bytes = b""
    query: bytes = b""
    path: str = "/hooks/x"
    method: str = "POST"

    def with_header(self, name: str, value: str) -> Sent:
        return self._replace(headers={**self.headers, name: value})


def compiled(scheme: object, **written: object) -> CompiledScheme:
    """A scheme as an author writes it, through the same conversion as a hook."""
    authentication: Any = {"type": "signature", "scheme": scheme, "secrets": [{"secret": "s"}]}
    return compile_scheme(msgspec.convert(authentication | written, SignatureAuthentication))


def raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers as ASGI gives them."""
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]


def verdict(scheme: CompiledScheme, sent: Sent, *secrets: str, now: float = NOW) -> Outcome | None:
    """None when the request is verified."""
    return verdict_on_raw(scheme, raw(sent.headers), sent, secrets, now)


def verdict_on_raw(
    scheme: CompiledScheme,
    headers: list[tuple[bytes, bytes]],
    sent: Sent,
    secrets: Sequence[str],
    now: float = NOW,
) -> Outcome | None:
    """The verdict where headers are repeated or are not text."""
    return scheme.verifier.verify(
        headers=headers,
        body=sent.body,
        query_string=sent.query,
        path=sent.path,
        method=sent.method,
        keys=[scheme.verifier.prepare_key(secret.encode()) for secret in secrets],
        now=now,
    )


def signed(
    scheme: CompiledScheme,
    secret: str,
    body: bytes,
    now: float = NOW,
    query: bytes = b"",
    content_type: str = "application/json",
    method: str = "POST",
) -> Sent:
    """A request that the engine signed itself."""
    typed = [(b"content-type", content_type.encode())]
    request = request_of(method, typed, body, query, "/hooks/x")
    made = scheme.signer.sign(request, [scheme.signer.prepare_key(secret.encode())], now, "msg_1")
    headers = {**dict(made.headers), "content-type": content_type}
    return Sent(headers, written(body, made.members), query, method=method)
