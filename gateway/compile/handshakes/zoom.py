"""Zoom sends `endpoint.url_validation` and wants its token back, with the HMAC of the secret token.

It is signed like every event, comes when an endpoint is saved and every 72 hours after that.
Source: https://developers.zoom.us/docs/api/webhooks/#validate-your-webhook-endpoint and
https://github.com/zoom/webhook-sample/blob/master/index.js
"""

from __future__ import annotations

import hmac

import msgspec

from gateway.compile.answer import JSON_TYPE, Answer
from gateway.compile.handshakes.request import NO_SNIFFING, HandshakeRequest, bounded
from gateway.compile.signatures import compile_scheme
from gateway.errors import Malformed, Unavailable
from gateway.language.spec.signature import SignatureAuthentication

EVENT = "endpoint.url_validation"

_VERIFIER = compile_scheme(
    SignatureAuthentication(scheme="zoom", secrets=[], tolerance="36500d")  # it was checked before
).verifier


class _Event(msgspec.Struct):
    event: object = None
    payload: object = None


_decode = msgspec.json.Decoder(_Event).decode
_encode = msgspec.json.Encoder().encode


def answer(request: HandshakeRequest) -> Answer | None:
    """Both tokens as JSON, None for every other event. Raises Malformed, Unavailable."""
    event = request.event(_decode)
    if event is None or event.event != EVENT:
        return None
    plain = event.payload.get("plainToken") if isinstance(event.payload, dict) else None
    if not isinstance(plain, str):
        raise Malformed("An endpoint.url_validation request needs a plainToken that is a string.")
    encrypted = hmac.digest(_secret(request), bounded(plain).encode(), "sha256").hex()
    body = _encode({"plainToken": plain, "encryptedToken": encrypted})
    return Answer(200, (JSON_TYPE, NO_SNIFFING), body)


def _secret(request: HandshakeRequest) -> bytes:
    """The secret that signed this request: while one is replaced, Zoom knows only its own."""
    if not request.secrets:
        raise Unavailable("The hook is out of service; see the gateway's log.")
    signing = [secret for secret in request.secrets if _signed_by(request, secret)]
    return (signing or request.secrets)[0]


def _signed_by(request: HandshakeRequest, secret: bytes) -> bool:
    try:
        key = _VERIFIER.prepare_key(secret)
    except ValueError:
        return False
    outcome = _VERIFIER.verify(
        headers=request.headers,
        body=request.body,
        query_string=b"",
        path="",
        keys=[key],
        now=request.now,
    )
    return outcome is None
