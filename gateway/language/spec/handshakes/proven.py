"""Handshakes by which the provider shows what it shows with its events: credentials come first."""

from __future__ import annotations

from typing import ClassVar

from gateway.language.spec.handshakes.base import Handshaking


class SlackHandshake(Handshaking, frozen=True, kw_only=True, tag_field="type", tag="slack"):
    """Slack's `url_verification`: signed like every event, so the gateway verifies the signature
    first.
    """

    EXAMPLES: ClassVar = ({"type": "slack"},)

    METHOD: ClassVar = "POST"
    PROVEN: ClassVar = True
    SCHEME: ClassVar = "slack"


class ZoomHandshake(Handshaking, frozen=True, kw_only=True, tag_field="type", tag="zoom"):
    """Zoom's `endpoint.url_validation`: verified and answered with the secrets of the hook's
    signature.
    """

    EXAMPLES: ClassVar = ({"type": "zoom"},)

    METHOD: ClassVar = "POST"
    PROVEN: ClassVar = True
    SCHEME: ClassVar = "zoom"


class DiscordHandshake(Handshaking, frozen=True, kw_only=True, tag_field="type", tag="discord"):
    """Discord's `PING` of interactions and of webhook events: signed like every event, so the
    gateway verifies the signature first. Discord also sends a wrong signature, and expects 401.
    """

    EXAMPLES: ClassVar = ({"type": "discord"},)

    METHOD: ClassVar = "POST"
    PROVEN: ClassVar = True
    SCHEME: ClassVar = "discord"


class TwitchHandshake(Handshaking, frozen=True, kw_only=True, tag_field="type", tag="twitch"):
    """Twitch's `webhook_callback_verification`: signed like every event, so the gateway verifies
    the signature first.
    """

    EXAMPLES: ClassVar = ({"type": "twitch"},)

    METHOD: ClassVar = "POST"
    PROVEN: ClassVar = True
    SCHEME: ClassVar = "twitch"


class EventGridHandshake(
    Handshaking, frozen=True, kw_only=True, tag_field="type", tag="event-grid"
):
    """The validation event of Azure Event Grid in its own event schema: the gateway checks the
    hook's credentials first. For the CloudEvents schema, write `cloudevents`.
    """

    EXAMPLES: ClassVar = ({"type": "event-grid"},)

    METHOD: ClassVar = "POST"
    PROVEN: ClassVar = True


class OktaHandshake(Handshaking, frozen=True, kw_only=True, tag_field="type", tag="okta"):
    """Okta's one-time verification: a GET with a challenge. Okta sends the hook's credentials with
    it, and the gateway checks them first.
    """

    EXAMPLES: ClassVar = ({"type": "okta"},)

    METHOD: ClassVar = "GET"
    PROVEN: ClassVar = True
