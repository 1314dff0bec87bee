"""Senders that follow Standard Webhooks, whoever they are."""

from __future__ import annotations

import msgspec

from gateway.language.senders.sender import Sender
from gateway.language.spec.scheme import MessageId, Scheme, Timestamp, Variant
from gateway.language.spec.signature import Preset

_V1A = Variant(prefix="v1a,", algorithm="ed25519", encoding="base64", key="whpk")

STANDARD = Scheme(
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

STANDARD_SENDERS: dict[Preset, Sender] = {
    "standard-webhooks": Sender(
        STANDARD,
        "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/"
        "standard-webhooks.md",
        repeats="3d",
    ),
    "svix": Sender(
        msgspec.structs.replace(
            STANDARD,
            header="svix-signature",
            timestamp=Timestamp(header="svix-timestamp"),
            id=MessageId(header="svix-id"),
        ),
        "https://docs.svix.com/receiving/verifying-payloads/how-manual",
        repeats="28h",
    ),
}
