"""The fields of a `multipart/form-data` body (RFC 7578)."""

from __future__ import annotations

from collections.abc import Iterator

from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
)

from gateway.compile.forms import MAX_PARAMETERS, Parameters, gather
from gateway.errors import Malformed, UnsupportedMedia

_UTF_8 = ("utf-8", "utf8")


def decode_multipart(boundary: str, body: bytes) -> Parameters:
    """The fields by name, a repeated one with a list of its values.

    Raises Malformed, and UnsupportedMedia for a file or a field that is not UTF-8.
    """
    try:
        return gather(_fields(boundary, body))
    except MultipartError:
        raise Malformed("The body is not well-formed multipart/form-data.") from None


def _fields(boundary: str, body: bytes) -> Iterator[tuple[str, str]]:
    name, chunks = "", list[bytes]()
    with PushMultipartParser(boundary, max_segment_count=MAX_PARAMETERS, strict=True) as parser:
        for event in parser.parse(body):
            if isinstance(event, MultipartSegment):
                name, chunks = _field_name(event), []
            elif event is not None:
                chunks.append(bytes(event))
            else:
                yield name, _text(b"".join(chunks))


def _field_name(segment: MultipartSegment) -> str:
    disposition = segment.header("Content-Disposition", "").lower()
    if segment.filename is not None or "filename*" in disposition:
        raise UnsupportedMedia(
            "The form holds a file, which this hook cannot read; a hook whose workflow says "
            "'format: raw' hands it on untouched."
        )
    if segment.charset is not None and segment.charset.lower() not in _UTF_8:
        raise UnsupportedMedia("A field of the form is in another charset than UTF-8.")
    if "\0" in (segment.name or ""):
        raise Malformed("The form holds a NUL.")
    return segment.name or ""


def _text(data: bytes) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Malformed("The form is not valid UTF-8.") from None
    if "\0" in text:
        raise Malformed("The form holds a NUL.")
    return text
