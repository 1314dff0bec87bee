"""The bytes of a body in the form in which it is read, with the type that says so."""

from __future__ import annotations

import re
from typing import Any

from msgspec import UNSET

from gateway.compile import strict_json
from gateway.compile.body import Kind, decode_body
from gateway.compile.forms import decode_urlencoded
from gateway.compile.media_type import UTF_8 as NAMES_OF_UTF_8
from gateway.compile.media_type import describe_media_type, parse_media_type
from gateway.compile.multipart_form import FILE, decode_multipart, parameters
from gateway.compile.receiving.charsets import UTF_8, charset_of, form_in_utf_8, text_in_utf_8
from gateway.compile.receiving.embedded import TextPlace, decode_in_place, field_of
from gateway.errors import Malformed, UnsupportedMedia
from gateway.language.literals import encode_json
from gateway.language.spec import Receive

JSON = b"application/json"
FORM = b"application/x-www-form-urlencoded"
TEXT = b"text/plain; charset=utf-8"
_TYPES = {"json": JSON, "form": FORM, "text": TEXT}
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=?-]{1,70}")
"""RFC 2046 §5.1.1, without the blank."""


class Rewriting:
    """What `receive` makes of a body that is not compressed.

    `works` is whether there is more to do than to name its type.
    """

    __slots__ = ("_as", "_charset", "_field", "_nothing", "_places", "works")

    def __init__(self, receive: Receive) -> None:
        self._as = None if receive.as_ is UNSET else receive.as_
        self._field = None if receive.field is UNSET else receive.field
        self._charset = UTF_8 if receive.charset is UNSET else receive.charset
        written = [] if receive.json_in is UNSET else receive.json_in
        self._places = tuple(map(TextPlace, written))
        kept = (receive.as_, receive.field, receive.json_in, receive.charset)
        self._nothing = all(key is UNSET for key in kept)
        self.works = bool(self._field or self._places or self._charset != UTF_8)

    def __call__(self, said: bytes | None, body: bytes) -> tuple[bytes, bytes | None]:
        """The body and its type. Raises Malformed, TooManyValues and UnsupportedMedia."""
        if self._nothing:
            return body, said
        media_type, options = parse_media_type(said or b"") or ("", {})
        kind = self._as or _kind(media_type)
        if kind is None:
            self._refuse_unread(said, body)
            return body, said
        content_type = _typed(kind, media_type, options, said)
        if kind != "multipart":
            body = _in_utf_8(kind, body, charset_of(options.get("charset"), self._charset))
        if self._field is not None:
            if kind not in ("form", "multipart"):
                raise _no_form(said, self._field)
            body = field_of(_form(kind, options, body), self._field)
            kind, content_type = "json", JSON
        if self._places and body:
            body, content_type = self._with_json(kind, options, body), JSON
        return body, content_type

    def _refuse_unread(self, said: bytes | None, body: bytes) -> None:
        if self._field is not None:
            raise _no_form(said, self._field)
        if self._places and body:
            decode_body(said, body)

    def _with_json(self, kind: str, options: dict[str, str], body: bytes) -> bytes:
        value = strict_json.decode(body) if kind == "json" else _texts(kind, options, body)
        return encode_json(decode_in_place(value, self._places))


def _kind(media_type: str) -> Kind | None:
    if media_type == "application/json" or media_type.endswith("+json"):
        return "json"
    if media_type == FORM.decode():
        return "form"
    return "multipart" if media_type == "multipart/form-data" else None


def _typed(kind: str, media_type: str, options: dict[str, str], said: bytes | None) -> bytes | None:
    """The type that says how a body is read: what was said, where it says so."""
    if kind == _kind(media_type):
        utf_8 = options.get("charset", UTF_8).lower() in NAMES_OF_UTF_8
        return said if utf_8 or kind == "multipart" else media_type.encode()
    if kind == "multipart":
        boundary = options.get("boundary", "")
        if not _BOUNDARY.fullmatch(boundary):
            raise Malformed("The Content-Type has no boundary of a multipart body.")
        return f'multipart/form-data; boundary="{boundary}"'.encode()
    return _TYPES[kind]


def _in_utf_8(kind: str, body: bytes, charset: str) -> bytes:
    if charset == UTF_8:
        return body
    return form_in_utf_8(body, charset) if kind == "form" else text_in_utf_8(body, charset)


def _form(kind: str, options: dict[str, str], body: bytes) -> dict[str, Any]:
    """The parameters of a form, with FILE for a file."""
    if kind == "form":
        return dict(decode_urlencoded(body, "The form"))
    return parameters(decode_multipart(options.get("boundary", ""), body)) if body else {}


def _texts(kind: str, options: dict[str, str], body: bytes) -> dict[str, Any]:
    """The parameters of a form without files. Raises UnsupportedMedia for one that has some."""
    form = _form(kind, options, body)
    if any(FILE in (one if isinstance(one, list) else (one,)) for one in form.values()):
        raise UnsupportedMedia(
            "The form contains a file, and this hook reads forms as JSON; send it without the file."
        )
    return form


def _no_form(said: bytes | None, field: str) -> UnsupportedMedia:
    shown = describe_media_type(said)
    return UnsupportedMedia(f"{shown}; this hook reads a form with the field {field!r}.")
