"""When a request counts as done: once the workflow has run, or once its run is stored."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, UnsetType

from gateway.language.spec.base import Written
from gateway.language.spec.bounds import DELAY, GIVE_UP, RETENTION, WAIT
from gateway.language.spec.scalars import Duration, KeyTemplate, Rate

AFTER = ("5s", "5m", "30m", "2h", "5h", "10h", "14h", "20h", "24h")
"""The delays of Standard Webhooks."""
PERMANENT = (400, 405, 406, 410, 411, 413, 414, 415, 417, 422, 431, 451, 501)
"""Status codes after which the same data would get the same answer again."""


class RetrySchedule(Written, frozen=True, kw_only=True):
    """When the gateway delivers a run again. It retries after a failed connection, a deadline and
    every status code that is neither 2xx nor permanent; also after 401, 403 and 404, because
    operators fix their causes. All attempts have the same `Idempotency-Key`.
    """

    EXAMPLES: ClassVar = ({"after": ["10s", "1m", "10m", "1h"], "give_up": "1d"},)

    after: (
        Annotated[
            list[Annotated[Duration, DELAY.meta]],
            Meta(
                max_length=32,
                description="The delay before each further attempt, ±20 %. By default 10 attempts "
                "in three days: 5s, 5m, 30m, 2h, 5h, 10h, 14h, 20h, 24h. An empty list: one "
                "attempt.",
                examples=[["10s", "1m", "10m", "1h"]],
            ),
        ]
        | UnsetType
    ) = UNSET
    give_up: Annotated[
        Duration,
        GIVE_UP.meta,
        Meta(description="The age at which an unfinished run is dead, at most 30d."),
    ] = "4d"
    permanent: (
        Annotated[
            list[Annotated[int, Meta(ge=300, le=599, examples=[404])]],
            Meta(
                max_length=64,
                description="The status codes of the workflow after which a run is dead at once. "
                "By default 400, 405, 406, 410, 411, 413, 414, 415, 417, 422, 431, 451, 501.",
                examples=[[400, 404, 422]],
            ),
        ]
        | UnsetType
    ) = UNSET


class Order(Written, frozen=True, kw_only=True):
    """Which runs the gateway delivers one after another: those with the same key, in the order in
    which it accepted them. A run waits until the run before it has succeeded or is dead.
    """

    EXAMPLES: ClassVar = ({"by": "${body.customer.id}"},)

    by: Annotated[
        KeyTemplate,
        Meta(
            description="The key. A run whose key is missing, null or empty is delivered in no "
            "order."
        ),
    ]
    on_dead: Annotated[
        Literal["continue", "hold"],
        Meta(
            description="What follows a dead run: `continue` delivers the next run, `hold` waits "
            "until an operator has replayed or cancelled the dead one."
        ),
    ] = "continue"


class Retention(Written, frozen=True, kw_only=True):
    """How long a finished run is kept, with its data: from 1m to 365d."""

    EXAMPLES: ClassVar = ({"succeeded": "1h", "dead": "30d"},)

    succeeded: Annotated[Duration, RETENTION.meta, Meta(description="A run that succeeded.")] = (
        "24h"
    )
    dead: Annotated[
        Duration, RETENTION.meta, Meta(description="A run that is dead or was cancelled.")
    ] = "14d"


class DirectDelivery(Written, frozen=True, kw_only=True, tag_field="type", tag="direct"):
    """The caller waits while the workflow runs. If the workflow cannot be reached, the caller gets
    an error and must send the request again.
    """

    EXAMPLES: ClassVar = ({"type": "direct"},)


class DurableDelivery(Written, frozen=True, kw_only=True, tag_field="type", tag="durable"):
    """The gateway stores the run, answers 202, and delivers it until the workflow has taken it.
    The gateway needs a state directory (`--state`) or a database (`--store`).
    """

    EXAMPLES: ClassVar = (
        {"type": "durable", "wait": "2s", "retry": {"after": ["10s", "1m", "10m", "1h"]}},
    )

    wait: Annotated[
        Duration,
        WAIT.meta,
        Meta(
            description="How long the caller waits for the outcome before it gets 202, at most 30s."
        ),
    ] = "0s"
    prefer: Annotated[
        bool,
        Meta(
            description="Whether callers may choose with the header `Prefer` (RFC 7240): "
            "`respond-async`, or `wait=N` in seconds."
        ),
    ] = True
    retry: Annotated[RetrySchedule, Meta(description="When a run is delivered again.")] = (
        RetrySchedule()
    )
    concurrency: Annotated[
        int, Meta(ge=1, le=512, description="Deliveries in flight at the same time.")
    ] = 16
    rate: Annotated[
        Rate | UnsetType,
        Meta(
            description="Deliveries that may start, retries included, by all gateways together; by "
            "default any number. `10/1s`: ten at once, then one each 100ms. Beyond it, runs wait."
        ),
    ] = UNSET
    limit: Annotated[
        int,
        Meta(ge=1, le=10_000_000, description="Unfinished runs of this hook. Beyond it: 503."),
    ] = 100_000
    order: Annotated[
        Order | UnsetType,
        Meta(description="Which runs are delivered in order; by default none."),
    ] = UNSET
    retention: Annotated[Retention, Meta(description="How long finished runs are kept.")] = (
        Retention()
    )


Delivery = Literal["direct", "durable"] | DirectDelivery | DurableDelivery
