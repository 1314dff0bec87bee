"""JSON Web Tokens: who issued them, for whom, under which keys."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, UnsetType

from gateway.language.spec.authentication import EnvField, ExpiresField, LabelField, SecretField
from gateway.language.spec.base import Written
from gateway.language.spec.bounds import LEEWAY
from gateway.language.spec.match import Condition
from gateway.language.spec.scalars import Duration, HttpUrl, ParameterPath

Algorithm = Literal[
    "ES256", "ES384", "ES512", "EdDSA", "HS256", "HS384", "HS512",
    "PS256", "PS384", "PS512", "RS256", "RS384", "RS512",
]  # fmt: skip


class VerificationKey(Written, frozen=True, kw_only=True):
    """A reference to a key: a shared secret for HS algorithms, a PEM public key for others.

    A shared secret is at least as long as its hash: 32 bytes for HS256, 48 and 64 for the others.
    """

    EXAMPLES: ClassVar = ({"secret": "issuer-key"},)

    EXACTLY_ONE: ClassVar = ("secret", "env")

    secret: SecretField = UNSET
    env: EnvField = UNSET
    expires: ExpiresField = UNSET
    label: LabelField = UNSET


class JwtAuthentication(Written, frozen=True, kw_only=True, tag_field="type", tag="jwt"):
    """A JSON Web Token (RFC 7519) as a bearer token, verified according to RFC 8725.

    A token must have `exp`, `iss` and `aud`. The gateway never takes keys from a token's header.
    """

    EXAMPLES: ClassVar = (
        {
            "type": "jwt",
            "issuer": "https://issuer.example.com/",
            "audience": "https://hooks.example.com",
            "algorithms": ["RS256"],
            "jwks": "https://issuer.example.com/.well-known/jwks.json",
            "claims": {"scope": {"contains": "deploy"}},
        },
    )

    EXACTLY_ONE: ClassVar = ("jwks", "secrets")

    issuer: Annotated[
        str,
        Meta(min_length=1, max_length=512, description="The `iss` that tokens must have."),
    ]
    audience: Annotated[
        Annotated[str, Meta(min_length=1, max_length=512)]
        | Annotated[list[str], Meta(min_length=1)],
        Meta(description="The `aud` that tokens must have, or a list of which they must have one."),
    ]
    algorithms: Annotated[
        list[Algorithm],
        Meta(
            min_length=1,
            description="The signature algorithms that are accepted: of one family, either "
            "HS (shared secrets) or the others (public keys).",
        ),
    ]
    jwks: Annotated[
        HttpUrl | UnsetType,
        Meta(
            description="The URL where the issuer publishes its keys (RFC 7517): https, or http on "
            "this machine."
        ),
    ] = UNSET
    secrets: (
        Annotated[
            list[VerificationKey],
            Meta(min_length=1, description="The keys; any one of them may have signed the token."),
        ]
        | UnsetType
    ) = UNSET
    claims: (
        Annotated[
            dict[ParameterPath, Condition],
            Meta(
                min_length=1,
                description="Claims and their conditions, as in `match`.",
                examples=[{"scope": {"contains": "deploy"}}],
            ),
        ]
        | UnsetType
    ) = UNSET
    leeway: Annotated[
        Duration,
        LEEWAY.meta,
        Meta(
            description="The largest difference of clocks for `exp`, `nbf` and `iat`; at most 5m."
        ),
    ] = "30s"
