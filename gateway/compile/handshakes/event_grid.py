"""Azure Event Grid sends a validation event and wants its code back as JSON.

The URL that the event offers instead is never called: a URL from a request is not ours to fetch.
Source: https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema
"""

from __future__ import annotations

import msgspec

from gateway.compile.answer import Answer
from gateway.compile.handshakes.request import HandshakeRequest, echo_in_json
from gateway.errors import Malformed

TYPE = "Microsoft.EventGrid.SubscriptionValidationEvent"


class _Event(msgspec.Struct, rename="camel"):
    event_type: object = None
    data: object = None


_decode = msgspec.json.Decoder(list[_Event]).decode


def answer(request: HandshakeRequest) -> Answer | None:
    """The code as JSON, None for every other event. Raises Malformed."""
    events = request.event(_decode)
    if not events or events[0].event_type != TYPE:
        return None
    data = events[0].data
    code = data.get("validationCode") if isinstance(data, dict) else None
    if len(events) != 1 or not isinstance(code, str):
        raise Malformed("A validation event comes alone, with a validationCode that is a string.")
    return echo_in_json("validationResponse", code)
