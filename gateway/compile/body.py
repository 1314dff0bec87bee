"""What was received, as values: the body and the query, decoded once and strictly."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

from gateway.compile import strict_json
from gateway.compile.forms import Parameters, decode_urlencoded
from gateway.compile.media_type import UTF_8, describe_media_type, parse_media_type
from gateway.compile.misread import JSON_IN_FORM, looks_like_json
from gateway.compile.multipart_form import Part, decode_multipart, parameters
from gateway.errors import Malformed, UnsupportedMedia

JsonValue: TypeAlias = Any
Kind: TypeAlias = Literal["json", "form", "multipart", "text", "none"]

_JSON_TYPES = frozenset({b"application/json", b"application/json; charset=utf-8"})
READABLE = (
    "this hook reads application/json, application/x-www-form-urlencoded and multipart/form-data, "
    "in UTF-8."
)


class Received(msgspec.Struct, frozen=True):
    """The decoded parameters of one body.

    `value` is any JSON value for `json`; names with a text or a list of texts for `form` and
    `multipart`, where FILE stands for a file; a text for `text`; an empty mapping for `none`, a
    body that is absent.
    `parts` are those of a `multipart` body.
    """

    kind: Kind
    value: JsonValue
    parts: tuple[Part, ...] = ()


def media_kind(content_type: bytes | None, body: bytes) -> Kind | Literal["other"]:
    """What a body is. One without a byte is `none`, whatever its type says."""
    if not body:
        return "none"
    if content_type in _JSON_TYPES:
        return "json"
    return _classify(content_type)[0]


def decode_body(content_type: bytes | None, body: bytes, *, exact: bool = True) -> Received:
    """The parameters of a body, numbers as `strict_json.decode` has them.

    Raises Malformed, and UnsupportedMedia for another type.
    """
    if not body:
        return Received("none", {})
    if content_type in _JSON_TYPES:
        return Received("json", strict_json.decode(body, exact=exact))
    kind, boundary = _classify(content_type)
    if kind == "json":
        return Received(kind, strict_json.decode(body, exact=exact))
    if kind == "form":
        return Received(kind, _decode_form(body))
    if kind == "multipart":
        parts = decode_multipart(boundary, body)
        return Received(kind, parameters(parts), parts)
    shown = describe_media_type(content_type)
    raise UnsupportedMedia(
        f"{shown}; {READABLE}", reason=f"{shown}; `receive` can say how to read it."
    )


def _decode_form(body: bytes) -> Parameters:
    try:
        return decode_urlencoded(body, "The form")
    except Malformed as error:
        if looks_like_json(body[:64].decode("latin-1")):
            raise Malformed(f"{error.detail} {JSON_IN_FORM}") from None
        raise


def decode_query(query_string: bytes) -> Parameters:
    """The parameters of a URL's query, a repeated one with a list. Raises Malformed."""
    return decode_urlencoded(query_string, "The query")


def _classify(
    content_type: bytes | None,
) -> tuple[Literal["json", "form", "multipart", "other"], str]:
    """The kind of a body that is there, and the boundary of a `multipart` one."""
    parsed = parse_media_type(content_type or b"")
    if parsed is None:
        return "other", ""
    media_type, options = parsed
    if options.get("charset", "utf-8").lower() not in UTF_8:
        return "other", ""
    if media_type == "application/json" or media_type.endswith("+json"):
        return "json", ""
    if media_type == "application/x-www-form-urlencoded":
        return "form", ""
    if media_type == "multipart/form-data":
        return "multipart", options.get("boundary", "")
    return "other", ""
