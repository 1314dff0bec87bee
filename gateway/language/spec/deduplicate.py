"""Which requests are repetitions of one that was accepted before."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from gateway.language.spec.base import Written
from gateway.language.spec.bounds import WITHIN
from gateway.language.spec.scalars import Duration, KeyTemplate


class Digest(Written, frozen=True, kw_only=True):
    """The key is a digest of the request, for senders that send no id."""

    EXAMPLES: ClassVar = ({"digest": "body"},)

    digest: Annotated[
        Literal["body"],
        Meta(
            description="`body`: of the method, the path and the body; of the query as well if "
            "the hook reads it or the sender signs it."
        ),
    ]


class Deduplicate(Written, frozen=True, kw_only=True):
    """A request with the key of an earlier one starts no second run; the caller gets the status of
    the first. The key of a dead run counts no more. Needs `delivery: durable`.
    """

    EXAMPLES: ClassVar = (
        {"by": "${headers.X-GitHub-Delivery}"},
        {"by": {"digest": "body"}, "within": "1h"},
    )

    by: Annotated[
        KeyTemplate | Digest,
        Meta(
            description="The key: a template, such as the id of the event, or `{digest: body}`. A "
            "request whose key is missing, null or empty is not deduplicated.",
            examples=["${sender.id}"],
        ),
    ]
    within: Annotated[
        Duration,
        WITHIN.meta,
        Meta(
            description="How long a key is remembered, from 1m to 30d. It should be as long as the "
            "sender repeats a request."
        ),
    ] = "3d"
    required: Annotated[
        bool, Meta(description="Whether a request without a key is refused with 422.")
    ] = False
