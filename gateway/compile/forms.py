"""URL-encoded parameters, in both directions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes, urlencode

from gateway.errors import Malformed
from gateway.language.literals import encode_json

MAX_PARAMETERS = 1000
MAX_ESCAPES = 400_000
"""More than a body of 1 MiB can have; each takes a tenth of a microsecond or two."""
PIECE = 16 * 1024

Parameters = dict[str, str | list[str]]
Name = TypeVar("Name", str, bytes)
Value = TypeVar("Value")

_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def decode_urlencoded(data: bytes, what: str, charset: str = "utf-8") -> Parameters:
    """The parameters of a query or a form; `what` names it in the sentence of a Malformed.

    A name that is repeated has a list of its values. Broken percent-encoding, invalid UTF-8, NUL
    and more than `MAX_PARAMETERS` are Malformed.
    """
    if not data:
        return {}
    if data.count(b"&") >= MAX_PARAMETERS:
        raise Malformed(f"{what} has more than {MAX_PARAMETERS} parameters.")
    if len(data) > PIECE and data.count(b"%") > MAX_ESCAPES:
        raise Malformed(f"{what} has more than {MAX_ESCAPES} percent-encoded bytes.")
    try:
        text = data.decode(charset)
        pairs = [_pair(one, charset) for one in data.split(b"&") if one]
    except UnicodeDecodeError:
        raise Malformed(f"{what} is not valid {charset.upper()}.") from None
    if "%" in text and _BROKEN_ESCAPE.search(text):
        raise Malformed(f"{what} has a '%' without two hexadecimal digits after it.")
    if "%00" in text or "\0" in text:
        raise Malformed(f"{what} contains a NUL.")
    return gather(pairs)


def _pair(pair: bytes, charset: str) -> tuple[str, str]:
    name, _, value = pair.replace(b"+", b" ").partition(b"=")
    return _decoded(name, charset), _decoded(value, charset)


def _decoded(raw: bytes, charset: str) -> str:
    if len(raw) <= PIECE:
        return unquote_to_bytes(raw).decode(charset)
    return b"".join(map(unquote_to_bytes, _pieces(raw))).decode(charset)


def _pieces(raw: bytes) -> Iterator[bytes]:
    """Pieces that are decoded one by one, so that nobody waits for all; no escape is cut."""
    start = 0
    while start < len(raw):
        end = start + PIECE
        cut = raw.find(b"%", end - 2, end)
        end = end if cut < 0 else cut
        yield raw[start:end]
        start = end


def gather(pairs: Iterable[tuple[Name, Value]]) -> dict[Name, Value | list[Value]]:
    """Parameters by name, a repeated name with a list of its values, in order."""
    parameters: dict[Name, Value | list[Value]] = {}
    for name, value in pairs:
        if name not in parameters:
            parameters[name] = value
        elif isinstance(earlier := parameters[name], list):
            earlier.append(value)
        else:
            parameters[name] = [earlier, value]
    return parameters


def json_text(value: Any) -> str:
    """Text as it is, everything else as its JSON text."""
    return value if isinstance(value, str) else encode_json(value).decode()


def flatten(parameters: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Names and their texts: a list repeats the name, what is nested is its JSON text."""
    return tuple(
        (name, json_text(single))
        for name, value in parameters.items()
        for single in (value if isinstance(value, list) else [value])
    )


def encode_form(parameters: Mapping[str, Any]) -> bytes:
    """`application/x-www-form-urlencoded`, as browsers send it."""
    return urlencode(flatten(parameters)).encode("ascii")
