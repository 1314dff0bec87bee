"""Known senders: named values of the grammar, and where each was learned."""

from __future__ import annotations

import msgspec

from gateway.language.spec.scheme import MessageId, Scheme, Timestamp, Variant
from gateway.language.spec.signature import Preset


class Sender(msgspec.Struct, frozen=True):
    """A known sender: its scheme, its documentation, and how far its timestamps may be off.

    The tolerance is the sender's own where it names one of a minute or more, otherwise 5m.
    `begins` is what its secrets begin with although they are used whole.
    """

    scheme: Scheme
    source: str
    tolerance: str = "5m"
    begins: str = ""


_V1A = Variant(prefix="v1a,", algorithm="ed25519", encoding="base64", key="whpk")

_STANDARD_WEBHOOKS = Scheme(
    header="webhook-signature",
    format="list",
    separator=" ",
    prefix="v1,",
    signed="{id}.{timestamp}.{body}",
    encoding="base64",
    key="whsec",
    min_key=24,
    timestamp=Timestamp(header="webhook-timestamp"),
    id=MessageId(header="webhook-id"),
    also=[_V1A],
)

PRESETS: dict[Preset, Sender] = {
    "standard-webhooks": Sender(
        _STANDARD_WEBHOOKS,
        "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
    ),
    "svix": Sender(
        msgspec.structs.replace(
            _STANDARD_WEBHOOKS,
            header="svix-signature",
            timestamp=Timestamp(header="svix-timestamp"),
            id=MessageId(header="svix-id"),
        ),
        "https://docs.svix.com/receiving/verifying-payloads/how-manual",
    ),
    "gitlab": Sender(
        msgspec.structs.replace(_STANDARD_WEBHOOKS, also=msgspec.UNSET),
        "https://gitlab.com/gitlab-org/gitlab/-/merge_requests/230944",
    ),
    "github": Sender(
        Scheme(header="X-Hub-Signature-256", format="prefix", prefix="sha256=", signed="{body}"),
        "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
    ),
    "meta": Sender(
        Scheme(header="X-Hub-Signature-256", format="prefix", prefix="sha256=", signed="{body}"),
        "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
    ),
    "stripe": Sender(
        Scheme(
            header="Stripe-Signature",
            format="pairs",
            pair="v1",
            signed="{timestamp}.{body}",
            timestamp=Timestamp(pair="t"),
        ),
        "https://docs.stripe.com/webhooks#verify-manually",
        begins="whsec_",
    ),
    "paddle": Sender(
        Scheme(
            header="Paddle-Signature",
            format="pairs",
            separator=";",
            pair="h1",
            signed="{timestamp}:{body}",
            timestamp=Timestamp(pair="ts"),
        ),
        "https://developer.paddle.com/webhooks/signature-verification",
        begins="pdl_ntfset_",
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
    "webflow": Sender(
        Scheme(
            header="x-webflow-signature",
            signed="{timestamp}:{body}",
            timestamp=Timestamp(header="x-webflow-timestamp", unit="ms"),
        ),
        "https://developers.webflow.com/data/docs/working-with-webhooks",
    ),
    "linear": Sender(
        Scheme(
            header="Linear-Signature",
            signed="{body}",
            timestamp=Timestamp(body="/webhookTimestamp", unit="ms"),
        ),
        "https://linear.app/developers/webhooks#securing-webhooks",
        tolerance="1m",
        begins="lin_wh_",
    ),
    "pagerduty": Sender(
        Scheme(header="X-PagerDuty-Signature", format="list", prefix="v1=", signed="{body}"),
        "https://developer.pagerduty.com/docs/verifying-webhook-signatures",
    ),
    "shopify": Sender(
        Scheme(header="X-Shopify-Hmac-Sha256", signed="{body}", encoding="base64"),
        "https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
    ),
    "woocommerce": Sender(
        Scheme(header="X-WC-Webhook-Signature", signed="{body}", encoding="base64"),
        "https://github.com/woocommerce/woocommerce/blob/trunk/plugins/woocommerce/includes/"
        "class-wc-webhook.php",
    ),
    "vercel": Sender(
        Scheme(header="x-vercel-signature", signed="{body}", digest="sha1"),
        "https://vercel.com/docs/webhooks/webhooks-api#securing-webhooks",
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
}
