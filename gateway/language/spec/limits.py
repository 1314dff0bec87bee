"""What any caller of a hook may cost."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import UNSET, Meta, UnsetType

from gateway.language.spec.base import Written
from gateway.language.spec.scalars import Rate

_END = r"$(?!\n)"

Size = Annotated[
    str,
    Meta(
        pattern=r"^[1-9][0-9]{0,8}(KiB|MiB)?" + _END,
        description="a size; bytes, or a whole number and KiB or MiB, such as 64KiB",
        examples=["512", "64KiB", "1MiB"],
    ),
]

Network = Annotated[
    str,
    Meta(
        pattern=r"^[0-9A-Fa-f.:]{2,45}(/[0-9]{1,3})?" + _END,
        description="an address or a network; IPv4 or IPv6, in CIDR notation such as "
        "192.30.252.0/22",
        examples=["192.30.252.0/22", "2a0a:a440::/29", "127.0.0.1"],
    ),
]


class Limits(Written, frozen=True, kw_only=True):
    """Limits on a hook's requests, counted in each worker process."""

    EXAMPLES: ClassVar = ({"body": "64KiB", "rate": "100/1m", "rate_per_client": "10/1s"},)

    AT_LEAST_ONE: ClassVar = True

    body: Annotated[
        Size | Annotated[int, Meta(ge=1, le=999_999_999)] | UnsetType,
        Meta(description="The largest body, at most 25MiB; 1MiB by default. Beyond it: 413."),
    ] = UNSET
    rate: Annotated[
        Rate | UnsetType,
        Meta(description="Requests of all callers together. Beyond it: 429 with `Retry-After`."),
    ] = UNSET
    rate_per_client: Annotated[
        Rate | UnsetType,
        Meta(description="Requests of one client: an IPv4 address or an IPv6 /64. Beyond it: 429."),
    ] = UNSET
    failures: Annotated[
        Rate | UnsetType,
        Meta(
            description="Failed authentications of one client; 10/1m by default. Beyond it: 429. "
            "A credential that was accepted before or that cannot be guessed is still "
            "accepted."
        ),
    ] = UNSET
    concurrency: Annotated[
        Annotated[int, Meta(ge=1, le=512)] | UnsetType,
        Meta(
            description="Requests in flight at the same time; 128 by default, 256 for a durable "
            "hook. Beyond it: 503."
        ),
    ] = UNSET
