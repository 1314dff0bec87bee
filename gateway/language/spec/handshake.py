"""What a provider asks before it sends anything: handshakes, each only where a hook declares it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, UnsetType

from gateway.language.spec.authentication import SecretReference
from gateway.language.spec.base import Written

Origin = Annotated[
    str,
    Meta(
        pattern=r"^([A-Za-z0-9_-]+\.)*[A-Za-z0-9_-]+$(?!\n)",
        max_length=253,
        description="a DNS name; the name that the sending system uses for itself",
        examples=["eventgrid.azure.net"],
    ),
]

HandshakeName = Literal["slack", "zoom", "dropbox", "microsoft-graph", "cloudevents"]
"""Handshakes that can be declared by their name alone."""


class Handshaking(Written, frozen=True, kw_only=True):
    """`METHOD` is how the provider asks, `SIGNED` whether it signs what it asks."""

    METHOD: ClassVar[str]
    SIGNED: ClassVar[bool] = False


class SlackHandshake(Handshaking, frozen=True, kw_only=True, tag_field="type", tag="slack"):
    """Slack's `url_verification`: signed like every event, so the gateway verifies the signature
    first.
    """

    EXAMPLES: ClassVar = ({"type": "slack"},)

    METHOD: ClassVar = "POST"
    SIGNED: ClassVar = True


class ZoomHandshake(Handshaking, frozen=True, kw_only=True, tag_field="type", tag="zoom"):
    """Zoom's `endpoint.url_validation`: verified and answered with the secrets of the hook's
    signature.
    """

    EXAMPLES: ClassVar = ({"type": "zoom"},)

    METHOD: ClassVar = "POST"
    SIGNED: ClassVar = True


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


class MetaHandshake(Handshaking, frozen=True, kw_only=True, tag_field="type", tag="meta"):
    """Meta's `hub.challenge`: a GET with the verify token."""

    EXAMPLES: ClassVar = ({"type": "meta", "verify_token": {"secret": "meta-verify-token"}},)

    METHOD: ClassVar = "GET"

    verify_token: Annotated[
        SecretReference, Meta(description="A reference to the verify token of the app's dashboard.")
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


LongHandshake = (
    SlackHandshake
    | ZoomHandshake
    | DropboxHandshake
    | MicrosoftGraphHandshake
    | MetaHandshake
    | CloudEventsHandshake
)
Handshake = HandshakeName | LongHandshake

SHORT: dict[HandshakeName, Callable[[], LongHandshake]] = {
    "slack": SlackHandshake,
    "zoom": ZoomHandshake,
    "dropbox": DropboxHandshake,
    "microsoft-graph": MicrosoftGraphHandshake,
    "cloudevents": CloudEventsHandshake,
}
"""What a name alone stands for."""


def long_form(handshake: Handshake) -> LongHandshake:
    """A handshake as its author could have written it in full."""
    return SHORT[handshake]() if isinstance(handshake, str) else handshake


def method_of(handshake: Handshake) -> str:
    """The HTTP method by which the provider asks."""
    method: str = long_form(handshake).METHOD
    return method
