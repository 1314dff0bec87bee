"""Handshakes that come without the credentials of events: answered before these are asked for."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import UNSET, Meta, UnsetType

from gateway.language.spec.authentication import SecretReference
from gateway.language.spec.handshakes.base import Handshaking

Origin = Annotated[
    str,
    Meta(
        pattern=r"^([A-Za-z0-9_-]+\.)*[A-Za-z0-9_-]+$(?!\n)",
        max_length=253,
        description="a DNS name; the name that the sending system uses for itself",
        examples=["eventgrid.azure.net"],
    ),
]


class DropboxHandshake(Handshaking, frozen=True, kw_only=True, tag_field="type", tag="dropbox"):
    """Dropbox's `challenge`: an unsigned GET, answered with the challenge."""

    EXAMPLES: ClassVar = ({"type": "dropbox"},)

    METHOD: ClassVar = "GET"


class MicrosoftGraphHandshake(
    Handshaking, frozen=True, kw_only=True, tag_field="type", tag="microsoft-graph"
):
    """Microsoft Graph's `validationToken`: an unsigned POST, answered with the token."""

    EXAMPLES: ClassVar = ({"type": "microsoft-graph"},)

    METHOD: ClassVar = "POST"


class AsanaHandshake(Handshaking, frozen=True, kw_only=True, tag_field="type", tag="asana"):
    """Asana's `X-Hook-Secret`: an unsigned POST, answered with the same header.

    The gateway does not store the secret: it is also in Asana's answer to the request that creates
    the webhook. Until the secret exists, the hook is out of service, but it answers the handshake.
    """

    EXAMPLES: ClassVar = ({"type": "asana"},)

    METHOD: ClassVar = "POST"
    BRINGS_SECRET: ClassVar = True


class MetaHandshake(Handshaking, frozen=True, kw_only=True, tag_field="type", tag="meta"):
    """Meta's `hub.challenge`: a GET with the verify token."""

    EXAMPLES: ClassVar = ({"type": "meta", "verify_token": {"secret": "meta-verify-token"}},)

    METHOD: ClassVar = "GET"

    verify_token: Annotated[
        SecretReference, Meta(description="A reference to the verify token of the app's dashboard.")
    ]


class StravaHandshake(Handshaking, frozen=True, kw_only=True, tag_field="type", tag="strava"):
    """Strava's `hub.challenge`: a GET with the verify token."""

    EXAMPLES: ClassVar = ({"type": "strava", "verify_token": {"secret": "strava-verify-token"}},)

    METHOD: ClassVar = "GET"

    verify_token: Annotated[
        SecretReference,
        Meta(description="A reference to the verify token of the request for a subscription."),
    ]


class CloudEventsHandshake(
    Handshaking, frozen=True, kw_only=True, tag_field="type", tag="cloudevents"
):
    """The OPTIONS request of the CloudEvents webhook specification, with the allowed origin and
    rate.
    """

    EXAMPLES: ClassVar = ({"type": "cloudevents", "origins": ["eventgrid.azure.net"], "rate": 120},)

    METHOD: ClassVar = "OPTIONS"

    origins: (
        Annotated[
            list[Origin],
            Meta(
                min_length=1, description="The systems that may send; without it, any system may."
            ),
        ]
        | UnsetType
    ) = UNSET
    rate: (
        Annotated[
            int,
            Meta(
                ge=1,
                le=1_000_000,
                description="The allowed rate in requests per minute; no limit by default.",
            ),
        ]
        | UnsetType
    ) = UNSET
