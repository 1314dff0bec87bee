"""Which pages of other origins may call a hook from a browser (CORS)."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from gateway.language.spec.base import Written
from gateway.language.spec.scalars import HeaderName, Origin


class Cors(Written, frozen=True, kw_only=True):
    """Pages in browsers that may call the hook and read its answers.

    The gateway answers preflight requests itself, without credentials. It does not refuse other
    requests because of their origin: who may call is up to `authentication`. Cookies are never
    part of these requests.
    """

    EXAMPLES: ClassVar = ({"origins": ["https://www.example.com"]},)

    origins: Annotated[
        list[Origin],
        Meta(
            min_length=1,
            max_length=64,
            description='The origins of the pages. `["*"]` allows every page.',
            examples=[["https://www.example.com"], ["*"]],
        ),
    ]
    headers: Annotated[
        list[HeaderName],
        Meta(
            max_length=64,
            description="Further request headers that pages may set. `Content-Type` and the header "
            "of the hook's credentials are always allowed.",
            examples=[["X-Event"]],
        ),
    ] = msgspec.field(default_factory=list)
