"""What the caller gets back: the workflow's outputs, or a report on the activation."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from gateway.language.spec.base import Written
from gateway.language.spec.scalars import HeaderName, HeaderValue, ParameterPath

ResponseType = Literal["outputs", "status"]


class Response(Written, frozen=True, kw_only=True):
    """The answer in its long form; `outputs` and `status` are short for `{type: …}`."""

    EXAMPLES: ClassVar = (
        {"type": "outputs", "select": ["orderId", "customer.name"], "status": 201},
    )

    type: Annotated[
        ResponseType,
        Meta(
            description="`outputs` returns the workflow's answer, `status` a report on the "
            "activation."
        ),
    ] = "outputs"
    select: (
        Annotated[
            list[ParameterPath],
            Meta(
                min_length=1,
                description="Return a JSON object with only these results, in their structure.",
                examples=[["orderId", "customer.name"]],
            ),
        ]
        | UnsetType
    ) = UNSET
    status: Annotated[
        int, Meta(ge=200, le=299, description="The status code of a successful answer.")
    ] = 200
    headers: Annotated[
        dict[HeaderName, HeaderValue],
        Meta(
            description="Headers of a successful answer.",
            examples=[{"X-Handled-By": "gateway"}],
        ),
    ] = msgspec.field(default_factory=dict)
