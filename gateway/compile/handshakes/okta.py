"""Okta sends a GET with a challenge in a header and wants it back as JSON.

It sends the hook's authentication header with it, so that the credentials come first.
Source: https://developer.okta.com/docs/concepts/event-hooks/#one-time-verification-request
"""

from __future__ import annotations

from gateway.compile.answer import Answer
from gateway.compile.handshakes.request import HandshakeRequest, echo_in_json


def answer(request: HandshakeRequest) -> Answer | None:
    """The challenge as JSON, None for a request without one. Raises Malformed."""
    challenge = request.header(b"x-okta-verification-challenge")
    return None if challenge is None else echo_in_json("verification", challenge.decode("latin-1"))
