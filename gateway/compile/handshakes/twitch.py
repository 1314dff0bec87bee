"""Twitch sends a challenge, signed like every event, and wants it back as text.

`Twitch-Eventsub-Message-Type` says that it is one, but is not signed; the signed body alone has a
`challenge`.
Source: https://dev.twitch.tv/docs/eventsub/handling-webhook-events/#responding-to-a-challenge-request
"""

from __future__ import annotations

import msgspec

from gateway.compile.answer import Answer
from gateway.compile.handshakes.request import HandshakeRequest, echo


class _Event(msgspec.Struct):
    challenge: object = None


_decode = msgspec.json.Decoder(_Event).decode


def answer(request: HandshakeRequest) -> Answer | None:
    """The challenge as text, None for every other event. Raises Malformed."""
    event = request.event(_decode)
    if event is None or not isinstance(event.challenge, str):
        return None
    return echo(event.challenge)
