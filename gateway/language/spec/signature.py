"""How a sender signs its requests: a grammar as data, and names for well-known senders."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, UnsetType

from gateway.language.spec.authentication import EnvField, ExpiresField, LabelField, SecretField
from gateway.language.spec.base import Written
from gateway.language.spec.bounds import TOLERANCE
from gateway.language.spec.scalars import Duration
from gateway.language.spec.scheme import Scheme

Preset = Literal[
    "airtable",
    "asana",
    "bitbucket",
    "box",
    "calendly",
    "discord",
    "docusign",
    "dropbox",
    "gitea",
    "github",
    "gitlab",
    "hubspot",
    "intercom",
    "jira",
    "kick",
    "line",
    "linear",
    "mailgun",
    "meta",
    "microsoft-teams",
    "notion",
    "paddle",
    "pagerduty",
    "razorpay",
    "sendgrid",
    "sentry",
    "shopify",
    "slack",
    "square",
    "standard-webhooks",
    "stripe",
    "svix",
    "trello",
    "twilio",
    "twitch",
    "typeform",
    "vercel",
    "webflow",
    "wise",
    "woocommerce",
    "xero",
    "zendesk",
    "zoom",
]
"""Senders whose scheme is known; each is nothing but a value of `Scheme`."""
PublicUrl = Annotated[
    str,
    Meta(
        pattern=r"^https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?"
        r"(/[A-Za-z0-9!$%&'()*+,./:;=@_~-]*)?$(?!\n)",
        max_length=2048,
        description="the URL that the sender calls; without query, fragment and credentials",
        examples=["https://hooks.example.com", "https://hooks.example.com/hooks/sms"],
    ),
]


class SigningSecret(Written, frozen=True, kw_only=True):
    """A reference to a signing secret or a public key for verification."""

    EXAMPLES: ClassVar = ({"secret": "github-webhook"},)

    EXACTLY_ONE: ClassVar = ("secret", "env")

    secret: SecretField = UNSET
    env: EnvField = UNSET
    expires: ExpiresField = UNSET
    label: LabelField = UNSET


class SignatureAuthentication(
    Written, frozen=True, kw_only=True, tag_field="type", tag="signature"
):
    """The sender signs each request; any one of the secrets may verify it."""

    EXAMPLES: ClassVar = (
        {"type": "signature", "scheme": "github", "secrets": [{"secret": "github-webhook"}]},
    )

    scheme: Annotated[
        Preset | Scheme,
        Meta(
            description="How the sender signs: the name of a known sender, or its scheme.",
            examples=["github"],
        ),
    ]
    secrets: Annotated[
        list[SigningSecret],
        Meta(
            min_length=1,
            max_length=16,
            description="The secrets; any one of them may verify a request. To rotate, add one "
            "and later remove the other.",
        ),
    ]
    tolerance: Annotated[
        Annotated[Duration, TOLERANCE.meta] | UnsetType,
        Meta(
            description="The largest difference between the signed timestamp and now, in both "
            "directions; by default the sender's documented value, otherwise 5m."
        ),
    ] = UNSET
    public_url: Annotated[
        PublicUrl | UnsetType,
        Meta(
            description="For schemes that sign the URL: the URL that the sender calls, without "
            "the query. If it has only a scheme and a host, the gateway adds the "
            "request's path. It never uses the request's `Host`."
        ),
    ] = UNSET
    trust_unsigned: (
        Annotated[
            list[Annotated[str, Meta(pattern=r"^[^\x00-\x1f]+$(?!\n)", max_length=256)]],
            Meta(
                min_length=1,
                description="Headers, query and path parameters that may be read or forwarded "
                "although the signature does not cover them; without this, validation warns.",
                examples=[["X-GitHub-Event"]],
            ),
        ]
        | UnsetType
    ) = UNSET
