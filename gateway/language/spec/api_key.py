"""API keys: a token in a header or a query parameter of the sender's choice."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import UNSET, Meta, UnsetType

from gateway.language.spec.authentication import Token
from gateway.language.spec.base import Written
from gateway.language.spec.scalars import HeaderName, ParameterName


class ApiKeyAuthentication(Written, frozen=True, kw_only=True, tag_field="type", tag="api-key"):
    """A key in a header or a query parameter: any one of the keys opens the hook.

    GitLab's plain token is one of these: `header: X-Gitlab-Token`.
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

    EXACTLY_ONE: ClassVar = ("header", "query")

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
    keys: Annotated[
        list[Token],
        Meta(min_length=1, description="The keys; any one of them opens the hook."),
    ]
