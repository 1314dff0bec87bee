"""Known senders where documents, forms, tables and dates are kept."""

from __future__ import annotations

from gateway.language.senders.sender import Sender
from gateway.language.spec.scheme import Scheme, Timestamp
from gateway.language.spec.signature import Preset

DOCUMENTS: dict[Preset, Sender] = {
    "airtable": Sender(
        Scheme(
            header="X-Airtable-Content-MAC",
            format="prefix",
            prefix="hmac-sha256=",
            signed="{body}",
            key="base64",
        ),
        "https://airtable.com/developers/web/api/webhooks-overview",
    ),
    "box": Sender(
        Scheme(
            header="BOX-SIGNATURE-PRIMARY",
            signed="{body}{timestamp}",
            encoding="base64",
            timestamp=Timestamp(header="BOX-DELIVERY-TIMESTAMP", unit="rfc3339"),
        ),
        "https://developer.box.com/guides/webhooks/v2/signatures-v2",
        tolerance="10m",
    ),
    "calendly": Sender(
        Scheme(
            header="Calendly-Webhook-Signature",
            format="pairs",
            pair="v1",
            signed="{timestamp}.{body}",
            timestamp=Timestamp(pair="t"),
        ),
        "https://developer.calendly.com/api-docs/overview/webhooks/webhook-signatures",
        tolerance="3m",
    ),
    "docusign": Sender(
        Scheme(header="X-DocuSign-Signature-1", signed="{body}", encoding="base64"),
        "https://developers.docusign.com/platform/webhooks/connect/validate/",
    ),
    "dropbox": Sender(
        Scheme(header="X-Dropbox-Signature", signed="{body}"),
        "https://www.dropbox.com/developers/reference/webhooks",
    ),
    "hubspot": Sender(
        Scheme(
            header="X-HubSpot-Signature-v3",
            signed="{method}{url}{body}{timestamp}",
            encoding="base64",
            timestamp=Timestamp(header="X-HubSpot-Request-Timestamp", unit="ms"),
        ),
        "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/"
        "authentication/request-validation",
    ),
    "notion": Sender(
        Scheme(header="X-Notion-Signature", format="prefix", prefix="sha256=", signed="{body}"),
        "https://developers.notion.com/reference/webhooks",
    ),
    "typeform": Sender(
        Scheme(
            header="Typeform-Signature",
            format="prefix",
            prefix="sha256=",
            signed="{body}",
            encoding="base64",
        ),
        "https://www.typeform.com/developers/webhooks/secure-your-webhooks/",
    ),
    "webflow": Sender(
        Scheme(
            header="x-webflow-signature",
            signed="{timestamp}:{body}",
            timestamp=Timestamp(header="x-webflow-timestamp", unit="ms"),
        ),
        "https://developers.webflow.com/data/docs/working-with-webhooks",
    ),
}
