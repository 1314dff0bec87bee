"""Answers that providers want before they send anything: one file a provider, pure functions.

A handshake never reaches the workflow: what it recognises, it answers or refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from gateway.compile.answer import Answer
from gateway.compile.handshakes import (
    asana,
    cloudevents,
    discord,
    dropbox,
    event_grid,
    meta,
    microsoft_graph,
    okta,
    slack,
    strava,
    twitch,
)
from gateway.compile.handshakes.challenge import Challenge
from gateway.compile.handshakes.request import NO_SNIFFING, HandshakeRequest
from gateway.language.spec.handshakes import (
    AsanaHandshake,
    ChallengeHandshake,
    CloudEventsHandshake,
    DiscordHandshake,
    DropboxHandshake,
    EventGridHandshake,
    LongHandshake,
    MetaHandshake,
    MicrosoftGraphHandshake,
    OktaHandshake,
    ProbeHandshake,
    SlackHandshake,
    StravaHandshake,
    TwitchHandshake,
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


_PRESETS: dict[type, Asked] = {
    SlackHandshake: slack.answer,
    DropboxHandshake: dropbox.answer,
    MicrosoftGraphHandshake: microsoft_graph.answer,
    MetaHandshake: meta.answer,
    StravaHandshake: strava.answer,
    AsanaHandshake: asana.answer,
    DiscordHandshake: discord.answer,
    TwitchHandshake: twitch.answer,
    OktaHandshake: okta.answer,
    EventGridHandshake: event_grid.answer,
}


def compile_handshake(spec: LongHandshake) -> Asked:
    """What answers the handshake that an author declared."""
    match spec:
        case ZoomHandshake():
            # With cryptography, eleven megabytes that other hooks do without.
            from gateway.compile.handshakes import zoom

            return zoom.answer
        case CloudEventsHandshake():
            return partial(cloudevents.answer, spec=spec)
        case ProbeHandshake():
            return lambda _request: _PROBED
        case ChallengeHandshake():
            return Challenge(spec)
    return _PRESETS[type(spec)]


_PROBED = Answer(200, (NO_SNIFFING,), b"")
