"""Strava sends a GET with `hub.challenge` and a verify token, and wants the challenge as JSON.

Source: https://developers.strava.com/docs/webhooks/ ("Subscription validation")
"""

from __future__ import annotations

from gateway.compile.answer import Answer
from gateway.compile.handshakes.meta import challenge_of
from gateway.compile.handshakes.request import HandshakeRequest, echo_in_json


def answer(request: HandshakeRequest) -> Answer | None:
    """The challenge as JSON, None for a request without `hub.mode`. Raises as `challenge_of`."""
    challenge = challenge_of(request)
    return None if challenge is None else echo_in_json("hub.challenge", challenge)
