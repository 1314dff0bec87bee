"""Known senders where people talk and write to each other."""

from __future__ import annotations

from gateway.language.senders.sender import Sender
from gateway.language.spec.scheme import MessageId, Scheme, Timestamp, Variant
from gateway.language.spec.signature import Preset

MESSAGING: dict[Preset, Sender] = {
    "discord": Sender(
        Scheme(
            header="X-Signature-Ed25519",
            signed="{timestamp}{body}",
            algorithm="ed25519",
            key="hex",
            timestamp=Timestamp(header="X-Signature-Timestamp"),
        ),
        "https://discord.com/developers/docs/interactions/"
        "overview#setting-up-an-endpoint-validating-security-request-headers",
    ),
    "intercom": Sender(
        Scheme(
            header="X-Hub-Signature",
            format="prefix",
            prefix="sha1=",
            signed="{body}",
            digest="sha1",
        ),
        "https://developers.intercom.com/docs/webhooks",
    ),
    "kick": Sender(
        Scheme(
            header="Kick-Event-Signature",
            signed="{id}.{timestamp}.{body}",
            algorithm="rsa-sha256",
            encoding="base64",
            key="spki",
            timestamp=Timestamp(header="Kick-Event-Message-Timestamp", unit="rfc3339"),
            id=MessageId(header="Kick-Event-Message-Id"),
        ),
        "https://docs.kick.com/events/webhook-security",
    ),
    "line": Sender(
        Scheme(header="X-Line-Signature", signed="{body}", encoding="base64"),
        "https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/",
    ),
    "mailgun": Sender(
        Scheme(
            body="/signature/signature",
            signed="{timestamp}{id}",
            timestamp=Timestamp(body="/signature/timestamp"),
            id=MessageId(body="/signature/token"),
        ),
        "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
    ),
    "meta": Sender(
        Scheme(header="X-Hub-Signature-256", format="prefix", prefix="sha256=", signed="{body}"),
        "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
    ),
    "microsoft-teams": Sender(
        Scheme(
            header="Authorization",
            format="prefix",
            prefix="HMAC ",
            signed="{body}",
            encoding="base64",
            key="base64",
        ),
        "https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/"
        "how-to/add-outgoing-webhook",
    ),
    "sendgrid": Sender(
        Scheme(
            header="X-Twilio-Email-Event-Webhook-Signature",
            signed="{timestamp}{body}",
            algorithm="ecdsa-p256",
            encoding="base64",
            key="spki",
            timestamp=Timestamp(header="X-Twilio-Email-Event-Webhook-Timestamp"),
        ),
        "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/"
        "getting-started-event-webhook-security-features",
    ),
    "slack": Sender(
        Scheme(
            header="X-Slack-Signature",
            format="prefix",
            prefix="v0=",
            signed="v0:{timestamp}:{body}",
            timestamp=Timestamp(header="X-Slack-Request-Timestamp"),
        ),
        "https://docs.slack.dev/authentication/verifying-requests-from-slack/",
        forms=True,
        repeats="10m",
    ),
    "twilio": Sender(
        Scheme(
            header="X-Twilio-Signature",
            signed="{url}{form}",
            digest="sha1",
            encoding="base64",
            also=[Variant(digest="sha256", encoding="base64")],
        ),
        "https://www.twilio.com/docs/usage/webhooks/webhooks-security",
    ),
    "twitch": Sender(
        Scheme(
            header="Twitch-Eventsub-Message-Signature",
            format="prefix",
            prefix="sha256=",
            signed="{id}{timestamp}{body}",
            timestamp=Timestamp(header="Twitch-Eventsub-Message-Timestamp", unit="rfc3339"),
            id=MessageId(header="Twitch-Eventsub-Message-Id"),
        ),
        "https://dev.twitch.tv/docs/eventsub/handling-webhook-events/#verifying-the-event-message",
        tolerance="10m",
    ),
    "zendesk": Sender(
        Scheme(
            header="X-Zendesk-Webhook-Signature",
            signed="{timestamp}{body}",
            encoding="base64",
            timestamp=Timestamp(header="X-Zendesk-Webhook-Signature-Timestamp", unit="rfc3339"),
        ),
        "https://developer.zendesk.com/documentation/webhooks/verifying/",
    ),
    "zoom": Sender(
        Scheme(
            header="x-zm-signature",
            format="prefix",
            prefix="v0=",
            signed="v0:{timestamp}:{body}",
            timestamp=Timestamp(header="x-zm-request-timestamp"),
        ),
        "https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events",
    ),
}
