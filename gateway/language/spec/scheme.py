"""The grammar of signature schemes: what is signed, how, and where the signature stands."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, UnsetType

from gateway.language.spec.base import Written
from gateway.language.spec.scalars import HeaderName

Prefix = Annotated[
    str,
    Meta(
        pattern=r"^[!-~][ -~]{0,31}$(?!\n)",
        description="the text before a signature; printable ASCII that does not start with a "
        "space, at most 32 characters",
        examples=["sha256=", "v1,", "HMAC "],
    ),
]

PairName = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_-]{1,32}$(?!\n)",
        description="the name of a pair in the signature's header; letters, digits, '_' and '-'",
        examples=["t", "v1"],
    ),
]

Separator = Annotated[
    str,
    Meta(
        pattern=r"^[ ,;:|&]{1,2}$(?!\n)",
        description="the separator of two items of a header; one or two of space , ; : | &",
        examples=[",", ";", " "],
    ),
]

SignedText = Annotated[
    str,
    Meta(
        pattern=r"^([^{}]|\{(id|timestamp|body|method|path|url|form)\})+$(?!\n)",
        max_length=256,
        description="the signed text; text with {id}, {timestamp}, {body}, {method}, {path}, "
        "{url} or {form}",
        examples=["{timestamp}.{body}", "{id}.{timestamp}.{body}", "v0:{timestamp}:{body}"],
    ),
]

BodyPointer = Annotated[
    str,
    Meta(
        pattern=r"^(/([^/~\x00-\x1f]|~[01])*)+$(?!\n)",
        max_length=256,
        description="a JSON Pointer into the body; RFC 6901, such as /webhookTimestamp",
        examples=["/webhookTimestamp"],
    ),
]


class Timestamp(Written, frozen=True, kw_only=True):
    """The location of the signing time: a number counted from 1970, or an instant as text."""

    EXAMPLES: ClassVar = (
        {"pair": "t"},
        {"header": "X-Timestamp", "unit": "ms"},
        {"header": "X-Timestamp", "unit": "rfc3339"},
    )

    EXACTLY_ONE: ClassVar = ("header", "pair", "body")

    header: Annotated[HeaderName | UnsetType, Meta(description="A separate header.")] = UNSET
    pair: Annotated[PairName | UnsetType, Meta(description="A pair of the signature's header.")] = (
        UNSET
    )
    body: Annotated[
        BodyPointer | UnsetType,
        Meta(description="A value in the JSON body, by JSON Pointer."),
    ] = UNSET
    unit: Annotated[
        Literal["s", "ms", "rfc3339"],
        Meta(
            description="Whole seconds (`s`) or milliseconds (`ms`) since 1970, or text such as "
            "2027-01-31T00:00:00Z (`rfc3339`, which is ISO 8601 with date, time and offset)."
        ),
    ] = "s"


class MessageId(Written, frozen=True, kw_only=True):
    """The location of the message's id, for schemes that sign it."""

    EXAMPLES: ClassVar = ({"header": "webhook-id"}, {"body": "/signature/token"})

    EXACTLY_ONE: ClassVar = ("header", "body")

    header: Annotated[
        HeaderName | UnsetType, Meta(description="The header that carries the id.")
    ] = UNSET
    body: Annotated[
        BodyPointer | UnsetType, Meta(description="A text in the JSON body, by JSON Pointer.")
    ] = UNSET


class Variant(Written, frozen=True, kw_only=True):
    """One kind of signature: its mark, its algorithm, its encoding, and the form of its secret."""

    EXAMPLES: ClassVar = ({"prefix": "v1a,", "algorithm": "ed25519", "key": "whpk"},)

    prefix: Annotated[
        Prefix | UnsetType,
        Meta(description="The text before the signature (`prefix`, `list`)."),
    ] = UNSET
    pair: Annotated[
        PairName | UnsetType,
        Meta(description="The pair that is the signature (`pairs`)."),
    ] = UNSET
    algorithm: Annotated[
        Literal["hmac", "ed25519", "ecdsa-p256", "rsa-sha256"],
        Meta(
            description="`hmac` (RFC 2104) with `digest`; `ed25519` (RFC 8032); `ecdsa-p256`: "
            "ECDSA with SHA-256, the signature in DER (FIPS 186-5); `rsa-sha256`: "
            "RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017)."
        ),
    ] = "hmac"
    digest: Annotated[
        Literal["sha1", "sha256", "sha384", "sha512"] | UnsetType,
        Meta(description="The hash of `algorithm: hmac`; by default `sha256`."),
    ] = UNSET
    encoding: Annotated[
        Literal["hex", "base64"],
        Meta(description="How the signature is written: lower-case `hex`, or `base64`."),
    ] = "hex"
    key: Annotated[
        Literal["utf8", "base64", "hex", "whsec", "whpk", "spki"],
        Meta(
            description="How the gateway derives the key from the secret: `utf8` uses its bytes; "
            "`base64` and `hex` decoded, for `ed25519` the public key; `whsec` base64 after "
            "`whsec_`; `whpk` an Ed25519 public key, base64 after `whpk_`; `spki` a public key as "
            "PEM or as base64 of its DER form (RFC 5280)."
        ),
    ] = "utf8"
    min_key: Annotated[
        int,
        Meta(ge=1, le=1024, description="The minimum length of a shared key in bytes."),
    ] = 8


class Scheme(Variant, frozen=True, kw_only=True):
    """A signature scheme in full, as the sender documents it."""

    EXAMPLES: ClassVar = (
        {
            "header": "X-Acme-Signature",
            "format": "pairs",
            "pair": "v1",
            "signed": "{timestamp}.{body}",
            "timestamp": {"pair": "t"},
        },
    )

    EXACTLY_ONE: ClassVar = ("header", "body")

    header: Annotated[
        HeaderName | UnsetType, Meta(description="The header that carries the signature.")
    ] = UNSET
    body: Annotated[
        BodyPointer | UnsetType,
        Meta(
            description="The text in the JSON body that is the signature, by JSON Pointer. Such a "
            "signature does not cover the body: `signed` has a timestamp of the body instead, and "
            "anyone who sees a request can send other bodies with its signature for the time of "
            "`tolerance`."
        ),
    ] = UNSET
    format: Annotated[
        Literal["raw", "prefix", "list", "pairs"],
        Meta(
            description="How the signature is written: `raw` only the signature; `prefix` the "
            "signature after `prefix`; `list` several signatures, with or without "
            "`prefix`, with `separator` between them; `pairs` name=value items with "
            "`separator` between them, where items named `pair` are signatures."
        ),
    ] = "raw"
    separator: Annotated[
        Separator | UnsetType,
        Meta(
            description="The separator of the items (`list`, `pairs`), with or without spaces "
            "around it; by default a comma."
        ),
    ] = UNSET
    signed: Annotated[
        SignedText,
        Meta(
            description="The signed text. {body} is the received bytes, {timestamp} and {id} are "
            "the sent values, {method} and {path} are those of the request, {url} is `public_url` "
            "with the query, and {form} is the parameters of a form as Twilio signs them."
        ),
    ]
    timestamp: Annotated[
        Timestamp | UnsetType, Meta(description="The location of the signing time.")
    ] = UNSET
    id: Annotated[MessageId | UnsetType, Meta(description="The location of the message's id.")] = (
        UNSET
    )
    also: (
        Annotated[
            list[Variant],
            Meta(
                min_length=1,
                max_length=4,
                description="Other kinds of signature in the same header. The gateway uses each "
                "secret with the kinds that fit it.",
            ),
        ]
        | UnsetType
    ) = UNSET
