"""Microsoft Graph sends a POST with `validationToken` and wants it back as text within 10 s.

Source: https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
"""

from __future__ import annotations

from gateway.compile.answer import Answer
from gateway.compile.handshakes.request import HandshakeRequest, echo


def answer(request: HandshakeRequest) -> Answer | None:
    """The token as text, None for a request without one. Raises Malformed."""
    token = request.parameter("validationToken")
    return None if token is None else echo(token)
