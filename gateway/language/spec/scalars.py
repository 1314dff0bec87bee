"""The scalars of the language, each with the sentence that explains it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

# `$` also matches before a final newline in Python, not in ECMA-262: `(?!\n)` makes them agree.
_END = r"$(?!\n)"

Name = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?" + _END,
        description="a DNS label; a-z, 0-9 and '-', at most 63 characters, "
        "not starting or ending with '-'",
        examples=["paris-orders"],
    ),
]

RoutePath = Annotated[
    str,
    Meta(
        pattern=r"^(/([A-Za-z0-9._~!$&'()*+,;=:@-]+|\{[a-z][a-z0-9_]*\}))+" + _END,
        max_length=512,
        description="an absolute path such as /orders/{city}; a segment is one {parameter} in "
        "lower case, or made of ASCII letters, digits and -._~!$&'()*+,;=:@; no '/' at the end, "
        "no '//', no '%'",
        examples=["/hooks/paris-orders", "/orders/{city}"],
    ),
]

HttpUrl = Annotated[
    str,
    Meta(
        pattern=r"^https?://[!-~]+" + _END,
        max_length=2048,
        description="an absolute URL; printable ASCII without spaces that starts with http:// "
        "or https://",
        examples=["http://workflows.internal/run/paris"],
    ),
]

UrlTemplate = Annotated[
    str,
    Meta(
        pattern=r"^https?://[!-~][^\x00-\x1f\x7f]*" + _END,
        max_length=4096,
        description="an absolute URL; printable ASCII without spaces that starts with http:// or "
        "https://, with templates in its path and its query",
        examples=[
            "http://workflows.internal/run/paris",
            "http://workflows.internal/orders/${body.order.id}",
        ],
    ),
]

KeyTemplate = Annotated[
    str,
    Meta(
        pattern=r"^[^\x00-\x1f\x7f]*\$\{[^\x00-\x1f\x7f]*" + _END,
        max_length=4096,
        description="a key; text with at least one template, such as ${body.id}",
        examples=["${body.id}", "${headers.X-GitHub-Delivery}"],
    ),
]

Rate = Annotated[
    str,
    Meta(
        pattern=r"^[1-9][0-9]{0,6}/[1-9][0-9]{0,4}(s|m|h)" + _END,
        description="a rate; a number of 1 or more and a time, such as 100/1m or 10/1s",
        examples=["100/1m", "10/1s"],
    ),
]

Duration = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{1,9}(ms|s|m|h|d)" + _END,
        description="a duration; a whole number and one of ms, s, m, h, d, such as 250ms or 10s",
        examples=["250ms", "10s", "5m"],
    ),
]

HeaderName = Annotated[
    str,
    Meta(
        pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+" + _END,
        max_length=128,
        description="the name of an HTTP header; without spaces and ':'",
        examples=["X-Request-Id"],
    ),
]

HeaderValue = Annotated[
    str,
    Meta(
        pattern=r"^([!-~]([ -~]*[!-~])?)?" + _END,
        max_length=4096,
        description="the value of an HTTP header; printable ASCII, no spaces at the ends",
        examples=["gateway"],
    ),
]

MediaType = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*"
        r"(; ?[a-z0-9-]+=[A-Za-z0-9_.-]+)?" + _END,
        max_length=256,
        description="a media type such as application/json or text/plain; charset=utf-8; in lower "
        "case, with at most one parameter",
        examples=["text/plain", "application/vnd.example+json"],
    ),
]

Origin = Annotated[
    str,
    Meta(
        pattern=r"^(\*|[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?)" + _END,
        max_length=256,
        description="an origin such as https://www.example.com; scheme, host and port in lower "
        "case, without a path and without '/' at the end; or * alone",
        examples=["https://www.example.com", "http://localhost:3000"],
    ),
]

SecretName = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,252}" + _END,
        description="the name of a file in the secrets directory; letters, digits and ._-, "
        "not starting with '.'",
        examples=["paris-token"],
    ),
]

EnvName = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,252}" + _END,
        description="the name of an environment variable; letters, digits and '_'",
        examples=["PARIS_TOKEN"],
    ),
]

Sha256 = Annotated[
    str,
    Meta(
        pattern=r"^[0-9a-f]{64}" + _END,
        description="a SHA-256 digest; 64 lower-case hex digits, made by `gateway token`",
        examples=["2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"],
    ),
]

ScryptHash = Annotated[
    str,
    Meta(
        pattern=r"^scrypt\$ln=(1[4-7]),r=8,p=[1-4]\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}" + _END,
        description="a scrypt hash; made by `gateway password`",
        examples=[
            "scrypt$ln=15,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
            "KxuYKvJ1sl1gAKuGSxi8Yh3RHZrNLqJ8Xt7KJ3wW7Ew"
        ],
    ),
]

Label = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9 ._@/-]{0,62}[A-Za-z0-9])?" + _END,
        description="a readable name; letters, digits, spaces and ._@/-, at most 64 characters, "
        "not starting or ending with a space or a sign",
        examples=["paris-ci"],
    ),
]

Username = Annotated[
    str,
    Meta(
        pattern=r"^[^:\x00-\x1f\x7f]+" + _END,
        max_length=128,
        description="a user's name; without ':' (RFC 7617) and control characters",
        examples=["paris"],
    ),
]

Instant = Annotated[
    datetime,
    Meta(
        tz=True,
        description="an instant; in the form of RFC 3339 with an offset, such as "
        "2027-01-31T00:00:00Z",
        examples=["2027-01-31T00:00:00Z"],
    ),
]

ParameterPath = Annotated[
    str,
    Meta(
        pattern=r"^[^\x00-\x1f]+" + _END,
        max_length=512,
        description="a dotted path such as order.total or a JSON Pointer such as /order/total",
        examples=["CityName", "order.total", "/order/0/sku"],
    ),
]

ParameterName = Annotated[
    str,
    Meta(
        pattern=r"^[^\x00-\x1f]+" + _END,
        max_length=256,
        description="the name of a query parameter",
        examples=["dry_run"],
    ),
]
