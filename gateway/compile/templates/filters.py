"""What each filter makes of a value."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from gateway.compile.comparisons import number_of
from gateway.compile.paths import ASTRAY, MISSING, compile_path
from gateway.language.literals import encode_json
from gateway.language.template import Call
from gateway.language.values import parse_path

Apply = Callable[[Any], Any]

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_BLANKS = " \t\n\r\v\f"
_BOOLEANS = {"true": True, "false": False}


class _Misfit:
    def __repr__(self) -> str:
        return "MISFIT"


MISFIT: Final = _Misfit()
"""What a filter gives for a value that it does not take."""


def compile_filter(call: Call) -> Apply:
    """What applies a filter to a value that is neither missing nor, but for `json`, null.

    It gives MISSING, or MISFIT, and never raises.
    """
    simple = _SIMPLE.get(call.name)
    return simple if simple is not None else _MADE[call.name](*call.arguments)


def scalar_text(value: Any) -> Any:
    """Text as it is, of numbers and booleans their JSON text; MISFIT for what has none."""
    kind = type(value)
    if kind is str:
        return value
    if kind in (int, Decimal, float, bool):
        return encode_json(value).decode()
    return MISFIT


def _json(value: Any) -> Any:
    try:
        return encode_json(value).decode()
    except (NotImplementedError, TypeError):  # a file of a form
        return MISFIT


def _int(value: Any) -> Any:
    kind = type(value)
    if kind is int:
        return value
    if kind is str:
        return int(value) if _INTEGER.fullmatch(value) and value.isascii() else MISFIT
    if kind in (Decimal, float):
        return int(value) if value == int(value) else MISFIT
    return MISFIT


def _number(value: Any) -> Any:
    kind = type(value)
    if kind is str:
        number = number_of(value)
        return MISFIT if number is None else number
    return value if kind in (int, Decimal, float) else MISFIT


def _bool(value: Any) -> Any:
    if type(value) is str:
        return _BOOLEANS.get(value, MISFIT)
    return value if type(value) is bool else MISFIT


def _of_text(make: Callable[[str], Any]) -> Apply:
    return lambda value: make(value) if type(value) is str else MISFIT


_SEQUENCES = (str, list)


def _length(value: Any) -> Any:
    return len(value) if type(value) in (str, list, dict) else MISFIT


def _part(separator: str, index: int) -> Apply:
    def piece(text: str) -> Any:
        pieces = text.split(separator)
        return pieces[index] if -len(pieces) <= index < len(pieces) else MISSING

    return _of_text(piece)


def _join(separator: str) -> Apply:
    def join(value: Any) -> Any:
        if type(value) is not list:
            return MISFIT
        texts = [scalar_text(one) for one in value]
        return MISFIT if MISFIT in texts else separator.join(texts)

    return join


def _pluck(path: str) -> Apply:
    find = compile_path(parse_path(path))

    def pluck(value: Any) -> Any:
        if type(value) is not list:
            return MISFIT
        found = [find(one) for one in value]
        return MISFIT if any(one is MISSING or one is ASTRAY for one in found) else found

    return pluck


_SIMPLE: dict[str, Apply] = {
    "text": scalar_text,
    "json": _json,
    "int": _int,
    "number": _number,
    "bool": _bool,
    "lower": _of_text(str.lower),
    "upper": _of_text(str.upper),
    "trim": _of_text(lambda text: text.strip(_BLANKS)),
    "length": _length,
}
_MADE: dict[str, Callable[..., Apply]] = {
    "first": lambda count: (
        lambda one: one[:count] if type(one) is str or type(one) is list else MISFIT
    ),
    "last": lambda count: lambda one: one[-count:] if type(one) in _SEQUENCES else MISFIT,
    "strip_prefix": lambda text: lambda one: one.removeprefix(text) if type(one) is str else MISFIT,
    "strip_suffix": lambda text: lambda one: one.removesuffix(text) if type(one) is str else MISFIT,
    "part": _part,
    "join": _join,
    "pluck": _pluck,
}
