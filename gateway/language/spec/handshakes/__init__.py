"""What a provider asks before it sends anything: handshakes, each only where a hook declares it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import UnsetType

from gateway.language.spec.handshakes.general import (
    ChallengeAnswer,
    ChallengeHandshake,
    ProbeHandshake,
)
from gateway.language.spec.handshakes.proven import (
    DiscordHandshake,
    EventGridHandshake,
    OktaHandshake,
    SlackHandshake,
    TwitchHandshake,
    ZoomHandshake,
)
from gateway.language.spec.handshakes.unproven import (
    AsanaHandshake,
    CloudEventsHandshake,
    DropboxHandshake,
    MetaHandshake,
    MicrosoftGraphHandshake,
    StravaHandshake,
)

HandshakeName = Literal[
    "slack",
    "zoom",
    "dropbox",
    "microsoft-graph",
    "cloudevents",
    "event-grid",
    "asana",
    "discord",
    "twitch",
    "okta",
]
"""Handshakes that can be declared by their name alone."""

LongHandshake = (
    SlackHandshake
    | ZoomHandshake
    | DropboxHandshake
    | MicrosoftGraphHandshake
    | MetaHandshake
    | CloudEventsHandshake
    | EventGridHandshake
    | StravaHandshake
    | AsanaHandshake
    | DiscordHandshake
    | TwitchHandshake
    | OktaHandshake
    | ProbeHandshake
    | ChallengeHandshake
)
Handshake = HandshakeName | LongHandshake

SHORT: dict[HandshakeName, Callable[[], LongHandshake]] = {
    "slack": SlackHandshake,
    "zoom": ZoomHandshake,
    "dropbox": DropboxHandshake,
    "microsoft-graph": MicrosoftGraphHandshake,
    "cloudevents": CloudEventsHandshake,
    "event-grid": EventGridHandshake,
    "asana": AsanaHandshake,
    "discord": DiscordHandshake,
    "twitch": TwitchHandshake,
    "okta": OktaHandshake,
}
"""What a name alone stands for."""


def long_forms(written: Handshake | list[Handshake] | UnsetType) -> tuple[LongHandshake, ...]:
    """The handshakes of a hook, each as its author could have written it in full."""
    if isinstance(written, UnsetType):
        return ()
    listed = written if isinstance(written, list) else [written]
    return tuple(SHORT[one]() if isinstance(one, str) else one for one in listed)


def name_of(handshake: LongHandshake) -> str:
    """The name of a handshake, as it stands behind `type`."""
    return str(handshake.__struct_config__.tag)


__all__ = [
    "SHORT",
    "AsanaHandshake",
    "ChallengeAnswer",
    "ChallengeHandshake",
    "CloudEventsHandshake",
    "DiscordHandshake",
    "DropboxHandshake",
    "EventGridHandshake",
    "Handshake",
    "HandshakeName",
    "LongHandshake",
    "MetaHandshake",
    "MicrosoftGraphHandshake",
    "OktaHandshake",
    "ProbeHandshake",
    "SlackHandshake",
    "StravaHandshake",
    "TwitchHandshake",
    "ZoomHandshake",
    "long_forms",
    "name_of",
]
