"""Asana sends a POST with a new secret in a header and wants the same header back.

Nothing proves who sends it, so nothing is kept of it: whoever else makes the gateway return a
secret gets events that the secrets of the hook do not verify. Whoever created the webhook finds
the secret in Asana's answer to that request.
Source: https://developers.asana.com/reference/createwebhook
"""

from __future__ import annotations

from gateway.compile.answer import Answer
from gateway.compile.handshakes.request import HandshakeRequest, echo_in_header

HEADER = b"x-hook-secret"


def answer(request: HandshakeRequest) -> Answer | None:
    """The same header, None for a request without it and for a signed event. Raises Malformed."""
    secret = request.header(HEADER)
    if secret is None or request.header(b"x-hook-signature") is not None:
        return None
    return echo_in_header(HEADER, secret.decode("latin-1"))
