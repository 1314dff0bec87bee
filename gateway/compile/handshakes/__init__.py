"""Answers that providers want before they send anything: one file a provider, pure functions.

A handshake never reaches the workflow: what it recognises, it answers or refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

import msgspec
from msgspec import UnsetType

from gateway.compile.handshakes import cloudevents, dropbox, meta, microsoft_graph, slack, zoom
from gateway.compile.handshakes.request import HandshakeRequest
from gateway.compile.responder import Answer
from gateway.compile.signatures import Mistake
from gateway.language.spec.handshake import (
    CloudEventsHandshake,
    DropboxHandshake,
    Handshake,
    MetaHandshake,
    MicrosoftGraphHandshake,
    SlackHandshake,
    ZoomHandshake,
    long_form,
)
from gateway.language.spec.signature import SignatureAuthentication

__all__ = [
    "Answer",
    "CompiledHandshake",
    "HandshakeRequest",
    "compile_handshake",
    "find_mistakes",
]


class CompiledHandshake(msgspec.Struct, frozen=True):
    """What a hook must let in for a handshake, and what answers it.

    `answer` returns None where the request is none, and the hook goes on as without it; it
    raises a Refusal for one that is malformed or not allowed. `methods` are answered even where
    the hook does not take them. `after_authentication` says that the provider signs it, so that
    the hook's guards come first; the others are answered before them. `secrets` says what
    `HandshakeRequest.secrets` must hold.
    """

    methods: frozenset[str]
    answer: Callable[[HandshakeRequest], Answer | None]
    after_authentication: bool = False
    secrets: Literal["none", "verify_token", "signature"] = "none"


_GET, _POST, _OPTIONS = (frozenset({method}) for method in ("GET", "POST", "OPTIONS"))


def compile_handshake(spec: Handshake) -> CompiledHandshake:
    """The handshake that an author declared, by its short or its long form."""
    long = long_form(spec)
    match long:
        case SlackHandshake():
            return CompiledHandshake(_POST, slack.answer, after_authentication=True)
        case ZoomHandshake():
            return CompiledHandshake(
                _POST, zoom.answer, after_authentication=True, secrets="signature"
            )
        case DropboxHandshake():
            return CompiledHandshake(_GET, dropbox.answer)
        case MicrosoftGraphHandshake():
            return CompiledHandshake(_POST, microsoft_graph.answer)
        case MetaHandshake():
            return CompiledHandshake(_GET, meta.answer, secrets="verify_token")
        case CloudEventsHandshake():
            return CompiledHandshake(_OPTIONS, partial(cloudevents.answer, spec=long))


def find_mistakes(spec: Handshake, authentication: object | UnsetType) -> list[Mistake]:
    """What is wrong between a hook's handshake and its authentication; paths are the hook's."""
    if not compile_handshake(spec).after_authentication:
        return []
    if isinstance(authentication, SignatureAuthentication):
        return []
    return [
        Mistake(
            ("handshake",),
            "this sender signs its handshake: the hook needs 'authentication' of 'type: signature'",
        )
    ]
