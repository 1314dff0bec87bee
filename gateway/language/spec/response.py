"""What the caller gets back: the workflow's outputs, a report, or an answer of the hook's own."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from gateway.language.spec.base import Written
from gateway.language.spec.scalars import HeaderName, HeaderValue, MediaType, ParameterPath

ResponseType = Literal["outputs", "status"]

Outcome = (
    Annotated[int, Meta(ge=300, le=599)]
    | Literal["3xx", "4xx", "5xx", "timeout", "unreachable", "unusable", "any"]
)
"""What became of a workflow that did not succeed."""


class Answer(Written, frozen=True, kw_only=True):
    """An answer of the hook's own."""

    EXAMPLES: ClassVar = ({"status": 422, "body": {"error": "The order was refused."}},)

    status: Annotated[
        int,
        Meta(
            ge=200,
            le=599,
            description="The status code: 200 to 299, 303, or 400 to 599 but those about "
            "credentials, methods and connections.",
        ),
    ] = 200
    headers: Annotated[
        dict[HeaderName, HeaderValue],
        Meta(
            description="Headers of the answer. Values may contain templates.",
            examples=[{"Retry-After": "30"}],
        ),
    ] = msgspec.field(default_factory=dict)
    body: Annotated[
        Any,
        Meta(
            description="The body: a JSON value, or text. Values may contain templates.",
            examples=[{"error": "${failure.reason}"}, "Please try again later."],
        ),
    ] = UNSET
    content_type: Annotated[
        MediaType | UnsetType,
        Meta(
            description="The media type of the body; by default `text/plain` for text and "
            "`application/json` for other values, including a text that is one template."
        ),
    ] = UNSET


class Failure(Written, frozen=True, kw_only=True):
    """What the caller gets if the workflow fails in a certain way."""

    EXAMPLES: ClassVar = (
        {"workflow": [404, 409], "answer": "pass"},
        {"workflow": "timeout", "answer": {"status": 202, "body": "Still working on it."}},
    )

    workflow: Annotated[
        Outcome | Annotated[list[Outcome], Meta(min_length=1, max_length=32)],
        Meta(
            description="The failure, or a list of them: a status code from 300 to 599, `3xx`, "
            "`4xx`, `5xx`, `timeout`, `unreachable`, `unusable` (an answer that the gateway cannot "
            "use), or `any`."
        ),
    ]
    answer: Annotated[
        Literal["pass", "report"] | Answer,
        Meta(
            description="The answer: `pass` returns the workflow's 4xx answer, `report` the report "
            "on the activation."
        ),
    ]


class Response(Written, frozen=True, kw_only=True):
    """The answer in its long form; `outputs` and `status` are short for `{type: …}`."""

    EXAMPLES: ClassVar = (
        {"type": "outputs", "select": ["orderId", "customer.name"], "status": 201},
        {"body": {"id": "${workflow.body.id}", "run": "${run.id}"}},
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
        int,
        Meta(
            ge=200,
            le=303,
            description="The status code of a successful answer: 200 to 299, or 303, which sends "
            "the caller to the URL in `Location` of `headers`.",
        ),
    ] = 200
    headers: Annotated[
        dict[HeaderName, HeaderValue],
        Meta(
            description="Headers of a successful answer. Values may contain templates.",
            examples=[{"X-Handled-By": "gateway"}, {"Location": "/orders/${workflow.body.id}"}],
        ),
    ] = msgspec.field(default_factory=dict)
    body: Annotated[
        Any,
        Meta(
            description="The body of a successful answer in place of the workflow's: a JSON value, "
            "or text. Values may contain templates.",
            examples=[{"id": "${workflow.body.id}"}, "Thank you."],
        ),
    ] = UNSET
    content_type: Annotated[
        MediaType | UnsetType,
        Meta(
            description="The media type of `body`; by default `text/plain` for text and "
            "`application/json` for other values, including a text that is one template."
        ),
    ] = UNSET
    failures: Annotated[
        list[Failure],
        Meta(
            max_length=32,
            description="Answers to failures of the workflow; the first that fits is given. By "
            "default, the caller gets a report with 502 or 504.",
        ),
    ] = msgspec.field(default_factory=list)
