"""Who may call: credentials as references and digests, never as values."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import UNSET, Meta, UnsetType

from gateway.language.spec.base import Written
from gateway.language.spec.scalars import (
    EnvName,
    Instant,
    Label,
    ScryptHash,
    SecretName,
    Sha256,
    Username,
)

SecretField = Annotated[
    SecretName | UnsetType,
    Meta(description="The file of this name in the secrets directory (`--secrets`)."),
]
EnvField = Annotated[
    EnvName | UnsetType, Meta(description="The environment variable of this name.")
]
ExpiresField = Annotated[
    Instant | UnsetType,
    Meta(description="The gateway refuses the credential from this instant on."),
]


LabelField = Annotated[
    Label | UnsetType,
    Meta(
        description="The name of the credential in the log; by default the user's name, the name "
        "of the secret or variable, or the first digits of the digest."
    ),
]


class SecretReference(Written, frozen=True, kw_only=True):
    """A reference to a secret value. A missing or empty secret takes the hook out of service."""

    EXAMPLES: ClassVar = ({"secret": "paris-token"}, {"env": "PARIS_TOKEN"})

    EXACTLY_ONE: ClassVar = ("secret", "env")

    secret: SecretField = UNSET
    env: EnvField = UNSET


class Token(Written, frozen=True, kw_only=True):
    """One bearer token that opens the hook: its digest, or a reference to its value."""

    EXAMPLES: ClassVar = ({"secret": "paris-token", "expires": "2027-01-31T00:00:00Z"},)

    EXACTLY_ONE: ClassVar = ("sha256", "secret", "env")

    sha256: Annotated[
        Sha256 | UnsetType,
        Meta(description="The token's SHA-256 digest, made by `gateway token`."),
    ] = UNSET
    secret: SecretField = UNSET
    env: EnvField = UNSET
    expires: ExpiresField = UNSET
    label: LabelField = UNSET


class Password(Written, frozen=True, kw_only=True):
    """A password: its scrypt hash, or a reference to its value."""

    EXAMPLES: ClassVar = ({"secret": "paris-password"},)

    EXACTLY_ONE: ClassVar = ("scrypt", "secret", "env")

    scrypt: Annotated[
        ScryptHash | UnsetType, Meta(description="The hash that `gateway password` prints.")
    ] = UNSET
    secret: SecretField = UNSET
    env: EnvField = UNSET


class User(Written, frozen=True, kw_only=True):
    """One user of HTTP Basic authentication."""

    EXAMPLES: ClassVar = ({"username": "paris", "password": {"secret": "paris-password"}},)

    username: Annotated[Username, Meta(description="The user's name.")]
    password: Annotated[Password, Meta(description="The user's password.")]
    expires: ExpiresField = UNSET
    label: LabelField = UNSET


class NoAuthentication(Written, frozen=True, kw_only=True, tag_field="type", tag="none"):
    """Anyone may call."""

    EXAMPLES: ClassVar = ({"type": "none"},)


class BasicAuthentication(Written, frozen=True, kw_only=True, tag_field="type", tag="basic"):
    """HTTP Basic (RFC 7617): any one of the users may call."""

    EXAMPLES: ClassVar = (
        {
            "type": "basic",
            "users": [{"username": "paris", "password": {"secret": "paris-password"}}],
        },
    )

    users: Annotated[
        list[User], Meta(min_length=1, description="The users; any one of them may call.")
    ]


class BearerAuthentication(Written, frozen=True, kw_only=True, tag_field="type", tag="bearer"):
    """A bearer token (RFC 6750): any one of the tokens opens the hook."""

    EXAMPLES: ClassVar = (
        {
            "type": "bearer",
            "tokens": [
                {"sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"},
                {"secret": "paris-token", "expires": "2027-01-31T00:00:00Z"},
            ],
        },
    )

    tokens: Annotated[
        list[Token],
        Meta(
            min_length=1,
            description="The tokens; any one of them opens the hook. To rotate, add one and "
            "later remove the other.",
        ),
    ]
