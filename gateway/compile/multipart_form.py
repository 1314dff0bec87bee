"""`multipart/form-data` bodies (RFC 7578), in both directions."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec
from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    content_disposition_quote,
)

from gateway.compile.forms import MAX_PARAMETERS, gather
from gateway.compile.media_type import parse_media_type
from gateway.errors import Malformed, UnsupportedMedia

_UTF_8 = ("utf-8", "utf8")
_PLAIN_ENCODINGS = ("", "7bit", "8bit", "binary")
# Some programs take a backslash for an escape, and none expects a control character.
_TWO_READINGS = re.compile(r"[\x00-\x1f\x7f\\]")


class _File:
    __slots__ = ()

    def __repr__(self) -> str:
        return "FILE"


FILE: Final = _File()
"""What rules find where a form holds a file: something that is there, and that is no text."""


class Part(msgspec.Struct, frozen=True):
    """One part of a form: a field, or a file where it has a `filename`, be it an empty one."""

    name: str
    data: bytes
    filename: str | None = None
    content_type: str | None = None

    @property
    def value(self) -> Any:
        """The text of a field, or FILE. Raises Malformed for a field that is not UTF-8."""
        if self.filename is not None:
            return FILE
        try:
            text = self.data.decode()
        except UnicodeDecodeError:
            raise Malformed("The form is not valid UTF-8.") from None
        if "\0" in text:
            raise Malformed("The form contains a NUL.")
        return text


def decode_multipart(boundary: str, body: bytes) -> tuple[Part, ...]:
    """The parts of a body, in order. Raises Malformed, and UnsupportedMedia for what cannot be
    handed on with one meaning: another charset than UTF-8, an encoding, a `filename*`.
    """
    try:
        return tuple(_parts(boundary, body))
    except MultipartError:
        raise Malformed("The body is not well-formed multipart/form-data.") from None


def parameters(parts: Iterable[Part]) -> dict[str, Any]:
    """What rules read: by name a text or FILE, a repeated name with a list of them."""
    return gather((part.name, part.value) for part in parts)


def encode_multipart(parts: Iterable[Part]) -> tuple[bytes, str]:
    """A body and its content type. The boundary is made after the parts were: none can hold it."""
    boundary = secrets.token_hex(16)
    body = bytearray()
    for part in parts:
        body += f"--{boundary}\r\n{_head(part)}\r\n".encode()
        body += part.data
        body += b"\r\n"
    body += f"--{boundary}--\r\n".encode()
    return bytes(body), f"multipart/form-data; boundary={boundary}"


def _head(part: Part) -> str:
    head = f"Content-Disposition: form-data; name={content_disposition_quote(part.name)}"
    if part.filename is not None:
        head += f"; filename={content_disposition_quote(part.filename)}"
    if part.content_type is not None:
        head += f"\r\nContent-Type: {part.content_type}"
    return head + "\r\n"


def _parts(boundary: str, body: bytes) -> Iterator[Part]:
    segment: MultipartSegment | None = None
    chunks = list[bytes]()
    with PushMultipartParser(boundary, max_segment_count=MAX_PARAMETERS, strict=True) as parser:
        for event in parser.parse(body):
            if isinstance(event, MultipartSegment):
                _refuse_ambiguity(event)
                segment, chunks = event, []
            elif event is not None:
                chunks.append(bytes(event))
            elif segment is not None:
                kind = segment.header("Content-Type")
                yield Part(segment.name or "", b"".join(chunks), segment.filename, kind)


def _refuse_ambiguity(segment: MultipartSegment) -> None:
    """What two programs could read differently is neither judged nor handed on."""
    headers = [name for name, _ in segment.headerlist]
    if len(set(headers)) != len(headers):
        raise Malformed("A part of the form repeats a header.")
    if "filename*" in segment.header("Content-Disposition", "").lower():
        raise UnsupportedMedia(
            "A file in the form has its name in 'filename*'; send the name in 'filename'."
        )
    if segment.header("Content-Transfer-Encoding", "").lower() not in _PLAIN_ENCODINGS:
        raise UnsupportedMedia(
            "A part of the form has a Content-Transfer-Encoding; send it unencoded."
        )
    for name in (segment.name or "", segment.filename or ""):
        if "\0" in name:
            raise Malformed("The form contains a NUL.")
        if _TWO_READINGS.search(name):
            raise Malformed("A name in the form contains a backslash or a control character.")
    _refuse_type(segment)


def _refuse_type(segment: MultipartSegment) -> None:
    kind = segment.header("Content-Type")
    if kind is None:
        return
    parsed = parse_media_type(kind.encode("latin-1", "replace")) if kind.isascii() else None
    if parsed is None or not kind.isprintable():
        raise Malformed("A part of the form has an invalid Content-Type.")
    charset = parsed[1].get("charset", "utf-8").lower()
    if segment.filename is None and charset not in _UTF_8:
        raise UnsupportedMedia("A field of the form is in a charset other than UTF-8.")
