"""Discord sends a PING, signed like everything else, and wants a PONG for one of an interaction and
204 for one of webhook events.

Both count their types from different numbers: 1 is the PING of interactions, and an event of
webhook events, which has an `event`.
Sources: https://docs.discord.com/developers/interactions/overview and
https://docs.discord.com/developers/events/webhook-events
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET

from gateway.compile.answer import JSON_TYPE, Answer
from gateway.compile.handshakes.request import NO_SNIFFING, HandshakeRequest

PING, PING_OF_EVENTS = 1, 0


class _Event(msgspec.Struct):
    type: object = None
    event: object = UNSET


_decode = msgspec.json.Decoder(_Event).decode
_PONG = Answer(200, (JSON_TYPE, NO_SNIFFING), b'{"type":1}')
_NOTED = Answer(204, (NO_SNIFFING,), b"")


def answer(request: HandshakeRequest) -> Answer | None:
    """The answer to a PING, None for everything else."""
    event = request.event(_decode)
    if event is None or type(event.type) is not int or event.event is not UNSET:
        return None
    if event.type == PING:
        return _PONG
    return _NOTED if event.type == PING_OF_EVENTS else None
