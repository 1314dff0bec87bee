"""Dropbox sends a GET with `challenge` and wants it back as text.

Source: https://www.dropbox.com/developers/reference/webhooks
"""

from __future__ import annotations

from gateway.compile.answer import Answer
from gateway.compile.handshakes.request import HandshakeRequest, echo


def answer(request: HandshakeRequest) -> Answer | None:
    """The challenge as text, None for a request without one. Raises Malformed."""
    challenge = request.parameter("challenge")
    return None if challenge is None else echo(challenge)
