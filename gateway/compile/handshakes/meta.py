"""Meta sends a GET with `hub.challenge` and a verify token that the app's owner chose.

Source: https://developers.facebook.com/docs/graph-api/webhooks/getting-started
"""

from __future__ import annotations

import hmac

from gateway.compile.answer import Answer
from gateway.compile.handshakes.request import HandshakeRequest, echo
from gateway.errors import Forbidden, Malformed


def answer(request: HandshakeRequest) -> Answer | None:
    """The challenge as text, None for a request without `hub.mode`. Raises as `challenge_of`."""
    challenge = challenge_of(request)
    return None if challenge is None else echo(challenge)


def challenge_of(request: HandshakeRequest) -> str | None:
    """The challenge of a request that proves itself, None for one without `hub.mode`.

    Raises Forbidden for a wrong verify token, as Meta's documentation does, and Malformed.
    """
    mode = request.parameter("hub.mode")
    if mode is None:
        return None
    presented = (request.parameter("hub.verify_token") or "").encode()
    held = False
    for expected in request.secrets:
        held |= hmac.compare_digest(expected, presented)
    if not (held and presented):
        raise Forbidden("The verify token is wrong.")
    challenge = request.parameter("hub.challenge")
    if mode != "subscribe" or challenge is None:
        raise Malformed("A verification request needs hub.mode=subscribe and hub.challenge.")
    return challenge
