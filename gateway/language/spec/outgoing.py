"""How the gateway proves to a workflow who calls it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, UnsetType

from gateway.language.spec.authentication import SecretReference
from gateway.language.spec.base import Written
from gateway.language.spec.scalars import HeaderName, Username
from gateway.language.spec.scheme import Scheme

SigningPreset = Literal[
    "github", "gitlab", "shopify", "slack", "standard-webhooks", "stripe", "svix"
]
"""Known senders as whom the gateway may sign, for workflows that verify their requests."""

ValuePrefix = Annotated[
    str,
    Meta(
        pattern=r"^[!-~][ -~]{0,63}$(?!\n)",
        description="the text before a value in a header; printable ASCII that does not start "
        "with a space, at most 64 characters",
        examples=["Token ", "ApiKey "],
    ),
]


class NoWorkflowAuthentication(Written, frozen=True, kw_only=True, tag_field="type", tag="none"):
    """The workflow requires no credentials."""

    EXAMPLES: ClassVar = ({"type": "none"},)


class BasicWorkflowAuthentication(
    Written, frozen=True, kw_only=True, tag_field="type", tag="basic"
):
    """HTTP Basic credentials for the workflow (RFC 7617)."""

    EXAMPLES: ClassVar = (
        {"type": "basic", "username": "gateway", "password": {"secret": "workflow-password"}},
    )

    username: Annotated[Username, Meta(description="The user name for the workflow.")]
    password: Annotated[SecretReference, Meta(description="A reference to the password.")]


class BearerWorkflowAuthentication(
    Written, frozen=True, kw_only=True, tag_field="type", tag="bearer"
):
    """A bearer token for the workflow (RFC 6750)."""

    EXAMPLES: ClassVar = ({"type": "bearer", "token": {"secret": "workflow-token"}},)

    token: Annotated[SecretReference, Meta(description="A reference to the token.")]


class HeaderWorkflowAuthentication(
    Written, frozen=True, kw_only=True, tag_field="type", tag="header"
):
    """A key or token for the workflow in any header."""

    EXAMPLES: ClassVar = (
        {"type": "header", "name": "X-Api-Key", "value": {"secret": "workflow-key"}},
        {
            "type": "header",
            "name": "Authorization",
            "prefix": "Token ",
            "value": {"secret": "workflow-token"},
        },
    )

    name: Annotated[HeaderName, Meta(description="The header that carries the value.")]
    value: Annotated[SecretReference, Meta(description="A reference to the value.")]
    prefix: Annotated[
        ValuePrefix | UnsetType,
        Meta(description="The text before the value; spaces at its end are sent."),
    ] = UNSET


class SignatureWorkflowAuthentication(
    Written, frozen=True, kw_only=True, tag_field="type", tag="signature"
):
    """A signature of each invocation, made by the same schemes that verify requests."""

    EXAMPLES: ClassVar = (
        {
            "type": "signature",
            "scheme": "standard-webhooks",
            "secrets": [{"secret": "workflow-signing"}],
        },
    )

    scheme: Annotated[
        SigningPreset | Scheme,
        Meta(
            description="How the gateway signs: the name of a known sender, or a scheme. The body "
            "is the sent bytes, the message's id is the run's id, and the URL is the called one.",
            examples=["standard-webhooks"],
        ),
    ]
    secrets: Annotated[
        list[SecretReference],
        Meta(
            min_length=1,
            max_length=4,
            description="The signing secrets; for a scheme with a key pair, private keys. With "
            "`format: list` or `pairs`, each secret makes a signature: to rotate, add one and "
            "later remove the other. The other formats have one secret.",
        ),
    ]


WorkflowAuthentication = (
    Literal["none"]
    | NoWorkflowAuthentication
    | BasicWorkflowAuthentication
    | BearerWorkflowAuthentication
    | HeaderWorkflowAuthentication
    | SignatureWorkflowAuthentication
)
