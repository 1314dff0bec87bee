"""Answers that providers want before they send anything: one file a provider, pure functions.

A handshake never reaches the workflow: what it recognises, it answers or refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from gateway.compile.answer import Answer
from gateway.compile.handshakes import cloudevents, dropbox, meta, microsoft_graph, slack
from gateway.compile.handshakes.request import HandshakeRequest
from gateway.language.spec.handshake import (
    CloudEventsHandshake,
    DropboxHandshake,
    LongHandshake,
    MetaHandshake,
    MicrosoftGraphHandshake,
    SlackHandshake,
    ZoomHandshake,
)

__all__ = [
    "Answer",
    "Asked",
    "HandshakeRequest",
    "compile_handshake",
]


Asked = Callable[[HandshakeRequest], Answer | None]
"""The answer to a handshake, None where the request is none and the hook goes on as without it.

It raises a Refusal for one that is malformed or not allowed.
"""


def compile_handshake(spec: LongHandshake) -> Asked:
    """What answers the handshake that an author declared."""
    match spec:
        case SlackHandshake():
            return slack.answer
        case ZoomHandshake():
            # With cryptography, eleven megabytes that other hooks do without.
            from gateway.compile.handshakes import zoom

            return zoom.answer
        case DropboxHandshake():
            return dropbox.answer
        case MicrosoftGraphHandshake():
            return microsoft_graph.answer
        case MetaHandshake():
            return meta.answer
        case CloudEventsHandshake():
            return partial(cloudevents.answer, spec=spec)
