"""JSON with one reading only: what two parsers could read differently is refused."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import partial
from typing import Any, NoReturn

import msgspec

from gateway.compile import json_bounds
from gateway.compile.json_bounds import count
from gateway.errors import Malformed
from gateway.language.decimals import exact_decimal

MAX_DEPTH = 64

_TOO_DEEP = f"The JSON is nested deeper than {MAX_DEPTH} levels."
_OUT_OF_RANGE = "The JSON contains a number that is out of range."


def _decimal(text: str) -> Decimal:
    value = exact_decimal(text)
    if value is None:
        raise Malformed(_OUT_OF_RANGE)
    return value


_decode = msgspec.json.Decoder().decode
_decode_exactly = msgspec.json.Decoder(float_hook=_decimal).decode
_encode = msgspec.json.Encoder().encode


def decode(data: bytes, *, exact: bool = True) -> Any:
    """The value of a JSON text (RFC 8259), in UTF-8 and without a byte order mark.

    Numbers are `int`, or `Decimal` where they have a fraction or an exponent; where `exact` is
    false these are `float`, which is quicker and enough where nobody looks at numbers.
    Raises Malformed for everything else, and for duplicate keys, NaN and Infinity, more than
    `MAX_DEPTH` levels, half a surrogate pair, numbers beyond a double or of over 4,300 digits;
    TooManyValues for what would take too long.
    """
    if len(data) > json_bounds.SMALL:
        json_bounds.check(data)
    try:
        value = _decode_exactly(data) if exact else _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(_reason(data, error)) from None
    if type(value) in (dict, list):
        _refuse_ambiguity(data, value)
    return value


def _refuse_ambiguity(data: bytes, value: Any) -> None:
    tally = data.count if len(data) <= json_bounds.SMALL else partial(count, data)
    brackets = tally(b"{") + tally(b"[")
    if brackets > MAX_DEPTH:
        _refuse_depth(value)
    if brackets == 1 and type(value) is dict:
        names = len(value)
    elif len(data) <= json_bounds.SMALL and _is_written_alike(data, value):
        return
    else:
        names = _names(value)
    if names != tally(b":") and names != _most_members(data):
        _second_pass(data.decode())


def _is_written_alike(data: bytes, value: Any) -> bool:
    """Whether no key was there twice, as far as the text of the value shows: strings without
    escapes have as many colons there, and a key that was lost took its own with it.
    """
    written = _encode(value)
    return written == data or (b"\\" not in data and written.count(b":") == data.count(b":"))


def _names(value: Any) -> int:
    """How many members all objects have together."""
    names = 0
    containers = [value]
    for container in containers:
        inside = container
        if type(container) is dict:
            names += len(container)
            inside = container.values()
        for inner in inside:
            if type(inner) is dict or type(inner) is list:
                containers.append(inner)  # noqa: PERF401 - walked as it grows
    return names


def _refuse_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for container in level
            for inner in (container.values() if type(container) is dict else container)
            if type(inner) in (dict, list)
        ]
        if not level:
            return
    raise Malformed(_TOO_DEEP)


def _most_members(data: bytes) -> int:
    """At least as many as there are members in a JSON text, often exactly as many.

    Before the colon of a member stands a quotation mark or white space. As many names in the
    decoded value as this therefore prove that no key was there twice, without a second parse;
    a colon within a string seldom follows one of these five.
    """
    return sum(count(data, before) for before in (b'":', b" :", b"\n:", b"\t:", b"\r:"))


def _distinct(pairs: list[tuple[str, Any]]) -> None:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            shown = key if len(key) <= 64 else f"{key[:64]}…"
            raise Malformed(
                f"A JSON object has the key {shown!r} twice.",
                reason="A JSON object has a key twice.",
            )
        seen.add(key)


# Only the keys are of interest here: numbers stay text, as reading long ones is slow.
_second_pass = json.JSONDecoder(object_pairs_hook=_distinct, parse_int=str, parse_float=str).decode


def _reason(data: bytes, error: Exception) -> str:
    if isinstance(error, RecursionError):
        return _TOO_DEEP
    if isinstance(error, UnicodeDecodeError):
        return "The JSON is not valid UTF-8."
    text = str(error)
    if "out of range" in text:
        return _OUT_OF_RANGE
    if "surrogate" in text or ("truncated" in text and _is_json_but_for_surrogates(data)):
        return "The JSON contains an unpaired surrogate."
    if "truncated" in text:
        return "The JSON ends too early."
    found, _, place = text.removeprefix("JSON is malformed: ").partition(" (byte ")
    return _sentence(data, found, place.removesuffix(")"))


def _sentence(data: bytes, found: str, place: str) -> str:
    at = int(place) if place.isdecimal() else 0
    if data[at:].startswith((b"NaN", b"Infinity")):
        return f"NaN and Infinity are not JSON (byte {at})."
    return f"The body is not JSON: {found} (byte {at})."


def _is_json_but_for_surrogates(data: bytes) -> bool:
    try:
        json.loads(data.decode(), parse_int=str, parse_float=str, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
