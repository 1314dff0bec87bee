"""Slack sends `url_verification`, signed like every event, and wants its challenge back.

Source: https://docs.slack.dev/reference/events/url_verification/
"""

from __future__ import annotations

import msgspec

from gateway.compile.answer import Answer
from gateway.compile.handshakes.request import HandshakeRequest, echo
from gateway.errors import Malformed

TYPE = "url_verification"


class _Event(msgspec.Struct):
    type: object = None
    challenge: object = None


_decode = msgspec.json.Decoder(_Event).decode


def answer(request: HandshakeRequest) -> Answer | None:
    """The challenge as text, None for every other event. Raises Malformed."""
    event = request.event(_decode)
    if event is None or event.type != TYPE:
        return None
    if not isinstance(event.challenge, str):
        raise Malformed("A url_verification request needs a challenge that is a string.")
    return echo(event.challenge)
