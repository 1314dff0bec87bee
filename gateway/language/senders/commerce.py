"""Known senders where something is sold and paid."""

from __future__ import annotations

from gateway.language.senders.sender import Sender
from gateway.language.spec.scheme import Scheme, Timestamp
from gateway.language.spec.signature import Preset

COMMERCE: dict[Preset, Sender] = {
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
    "razorpay": Sender(
        Scheme(header="X-Razorpay-Signature", signed="{body}"),
        "https://razorpay.com/docs/webhooks/validate-test/",
    ),
    "shopify": Sender(
        Scheme(header="X-Shopify-Hmac-Sha256", signed="{body}", encoding="base64"),
        "https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
        repeats="4h",
    ),
    "square": Sender(
        Scheme(header="X-Square-HmacSha256-Signature", signed="{url}{body}", encoding="base64"),
        "https://developer.squareup.com/docs/webhooks/step3validate",
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
        repeats="3d",
    ),
    "wise": Sender(
        Scheme(
            header="X-Signature-SHA256",
            signed="{body}",
            algorithm="rsa-sha256",
            encoding="base64",
            key="spki",
        ),
        "https://docs.wise.com/features/webhooks-notifications/event-handling",
    ),
    "woocommerce": Sender(
        Scheme(header="X-WC-Webhook-Signature", signed="{body}", encoding="base64"),
        "https://github.com/woocommerce/woocommerce/blob/trunk/plugins/woocommerce/includes/"
        "class-wc-webhook.php",
    ),
    "xero": Sender(
        Scheme(header="X-Xero-Signature", signed="{body}", encoding="base64"),
        "https://developer.xero.com/documentation/guides/webhooks/configuring-your-server",
    ),
}
