"""A sender of CloudEvents asks by OPTIONS whether it may send, and how often.

Source: HTTP 1.1 Web Hooks for Event Delivery 1.0.2 §4,
https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md
The callback that §4.1.3 offers is never called: a URL from a stranger is not ours to fetch.
"""

from __future__ import annotations

import re

from msgspec import UNSET

from gateway.compile.answer import Answer
from gateway.compile.handshakes.request import NO_SNIFFING, HandshakeRequest
from gateway.errors import Forbidden, Malformed
from gateway.language.spec.handshakes import CloudEventsHandshake

_ORIGIN = re.compile(rb"[A-Za-z0-9._-]{1,253}")
_RATE = re.compile(rb"[1-9][0-9]{0,8}")


def answer(request: HandshakeRequest, spec: CloudEventsHandshake) -> Answer | None:
    """Permission for the origin, None for an OPTIONS without one. Raises Forbidden, Malformed."""
    origin = request.header(b"webhook-request-origin")
    if origin is None:
        return None
    if _ORIGIN.fullmatch(origin) is None:
        raise Malformed("WebHook-Request-Origin is not a DNS name.")
    if spec.origins is not UNSET and origin.decode().lower() not in _lower(spec.origins):
        raise Forbidden("This origin is not allowed to send to this hook.")
    headers = (
        (b"allow", b"POST, OPTIONS"),
        (b"webhook-allowed-origin", origin),
        (b"webhook-allowed-rate", _rate(request, spec)),
        NO_SNIFFING,
    )
    return Answer(200, headers, b"")


def _rate(request: HandshakeRequest, spec: CloudEventsHandshake) -> bytes:
    asked = request.header(b"webhook-request-rate")
    if asked is not None and _RATE.fullmatch(asked) is None:
        raise Malformed("WebHook-Request-Rate is not a number above zero.")
    if spec.rate is UNSET:
        return b"*"
    return b"%d" % (spec.rate if asked is None else min(spec.rate, int(asked)))


def _lower(origins: list[str]) -> set[str]:
    return {origin.lower() for origin in origins}
