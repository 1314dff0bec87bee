"""API keys: a token in a header, a query parameter or a value of the body."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import UNSET, Meta, UnsetType

from gateway.language.spec.authentication import Token
from gateway.language.spec.base import Written
from gateway.language.spec.scalars import HeaderName, ParameterName
from gateway.language.spec.scheme import BodyPointer


class ApiKeyAuthentication(Written, frozen=True, kw_only=True, tag_field="type", tag="api-key"):
    """A key in a header, a query parameter or the body: any one of the keys opens the hook.

    GitLab's plain token is one of these: `header: X-Gitlab-Token`. Figma's passcode is another one:
    `body: /passcode`.
    """

    EXAMPLES: ClassVar = (
        {
            "type": "api-key",
            "header": "X-Gitlab-Token",
            "keys": [
                {"secret": "gitlab-token"},
                {"secret": "gitlab-token-old", "expires": "2027-01-31T00:00:00Z"},
            ],
        },
    )

    EXACTLY_ONE: ClassVar = ("header", "query", "body")

    header: Annotated[
        HeaderName | UnsetType, Meta(description="The header that carries the key.")
    ] = UNSET
    query: Annotated[
        ParameterName | UnsetType,
        Meta(
            description="The query parameter that carries the key; the workflow never sees it. "
            "URLs end up in the logs of other systems, so prefer a header."
        ),
    ] = UNSET
    body: Annotated[
        BodyPointer | UnsetType,
        Meta(
            description="The value of the JSON body, or the field of the form, that carries the "
            "key. The gateway removes it: neither rules nor the workflow see it. The gateway must "
            "read the body of every caller to find it, so prefer a header."
        ),
    ] = UNSET
    keys: Annotated[
        list[Token],
        Meta(min_length=1, description="The keys; any one of them opens the hook."),
    ]
