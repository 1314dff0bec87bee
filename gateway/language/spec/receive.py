"""How the body of a request is read, where its Content-Type does not say it or says it wrong."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, UnsetType

from gateway.language.spec.base import Written
from gateway.language.spec.scalars import ParameterName, ParameterPath

Form = Literal["json", "form", "multipart", "text"]
Charset = Literal[
    "utf-8",
    "latin-1",
    "iso-8859-2",
    "iso-8859-15",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "koi8-r",
    "shift_jis",
    "euc-jp",
    "euc-kr",
    "big5",
    "gb18030",
]
Coding = Literal["gzip", "deflate"]


class Receive(Written, frozen=True, kw_only=True, rename={"as_": "as"}):
    """How the body is read. Rules read the body in this form, and the workflow receives it in this
    form; `format: raw` sends the bytes as they came. Signatures are always verified over the
    received bytes.
    """

    EXAMPLES: ClassVar = (
        {"as": "json", "json_in": ["Message"]},
        {"field": "payload"},
        {"encoding": ["gzip"]},
    )

    as_: Annotated[
        Form | UnsetType,
        Meta(
            description="The form of the body, whatever its Content-Type says. By default the "
            "Content-Type decides."
        ),
    ] = UNSET
    field: Annotated[
        ParameterName | UnsetType,
        Meta(
            description="The field of a form that contains JSON: this JSON is the body. The "
            "gateway drops the other fields.",
            examples=["payload"],
        ),
    ] = UNSET
    json_in: (
        Annotated[
            list[ParameterPath],
            Meta(
                min_length=1,
                max_length=8,
                description="Paths to texts that contain JSON. The JSON replaces the text. The "
                "gateway decodes them in this order, so a path may lead into JSON that it decoded "
                "before. A form becomes a JSON object.",
                examples=[["Message"]],
            ),
        ]
        | UnsetType
    ) = UNSET
    charset: Annotated[
        Charset | UnsetType,
        Meta(
            description="The encoding of JSON, forms and text whose Content-Type names none; by "
            "default UTF-8. The gateway converts the body to UTF-8."
        ),
    ] = UNSET
    encoding: (
        Annotated[
            list[Coding],
            Meta(
                min_length=1,
                max_length=2,
                description="The compressions (`Content-Encoding`) that the hook accepts. The "
                "gateway decompresses the body; `limits.body` limits the result, too.",
                examples=[["gzip"]],
            ),
        ]
        | UnsetType
    ) = UNSET
