"""Scalars that keep the text they were written with, where JSON would write them otherwise.

`1e3`, `+5` and `0x10` are numbers, and are compared with JSON as such; a form, a query or a header
carries text, with which the text of the file is compared. Most scalars need none of this: the text
of an `int`, of a `Decimal` (`1.10`), of `true`, `false` and `null` is known from the value.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Self

import msgspec

_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_TEXTS = {None: "null", True: "true", False: "false"}


class IntegerLiteral(int):
    """A whole number and its text, such as `0x10`."""

    text: str

    def __new__(cls, value: int, text: str) -> Self:
        made = super().__new__(cls, value)
        made.text = text
        return made

    def __getnewargs__(self) -> tuple[int, str]:  # type: ignore[override]
        return int(self), self.text


class DecimalLiteral(Decimal):
    """A number with a fraction or an exponent, and its text, such as `1e3`."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, value: Decimal, text: str) -> Self:
        made = super().__new__(cls, value)
        made.text = text
        return made

    def __reduce__(self) -> tuple[type[Self], tuple[Decimal, str]]:  # type: ignore[override]
        return type(self), (Decimal(self), self.text)


class ConstantLiteral:
    """A boolean or null and its text, such as `True`, `~`, or nothing at all.

    Unlike the numbers it is not its value, as `bool` has no subclasses: `plain` gives that.
    """

    __slots__ = ("text", "value")

    def __init__(self, value: bool | None, text: str) -> None:
        self.value = value
        self.text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ConstantLiteral) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"ConstantLiteral({self.value!r}, {self.text!r})"


Literal = IntegerLiteral | DecimalLiteral | ConstantLiteral


def integer(value: int, text: str) -> int:
    """A whole number, which keeps a text that is not its own."""
    return value if str(value) == text else IntegerLiteral(value, text)


def decimal(value: Decimal, text: str) -> Decimal:
    """A number, which keeps a text that is not its own."""
    return value if str(value) == text else DecimalLiteral(value, text)


def constant(value: bool | None, text: str) -> bool | ConstantLiteral | None:
    """A boolean or null, which keeps a text that is not its own."""
    return value if _TEXTS[value] == text else ConstantLiteral(value, text)


def plain(value: Any) -> Any:
    """The JSON value of what was written: no literals any more, at any depth."""
    match value:
        case IntegerLiteral():
            return int(value)
        case DecimalLiteral():
            return Decimal(value)
        case ConstantLiteral():
            return value.value
        case list():
            return [plain(one) for one in value]
        case dict():
            return {name: plain(one) for name, one in value.items()}
    return value


def text_of(scalar: Any) -> str | None:
    """The text with which a form, a query or a header is compared; None for what has none."""
    match scalar:
        case str():
            return scalar
        case IntegerLiteral() | DecimalLiteral() | ConstantLiteral():
            return scalar.text
        case list() | dict():
            return None
    try:
        return encode_json(scalar).decode()
    except ValueError:  # an integer of over 4,300 digits
        return None


def _as_json(value: Any) -> msgspec.Raw:
    """A number as it was written, where that is JSON's grammar."""
    match value:
        case IntegerLiteral() | DecimalLiteral():
            text = value.text if _JSON_NUMBER.fullmatch(value.text) else _canonical(value)
        case ConstantLiteral():
            text = _TEXTS[value.value]
        case _:
            raise NotImplementedError(type(value))
    return msgspec.Raw(text.encode())


def _canonical(value: IntegerLiteral | DecimalLiteral) -> str:
    return str(int(value) if isinstance(value, int) else Decimal(value))


encode_json = msgspec.json.Encoder(decimal_format="number", enc_hook=_as_json).encode
"""JSON of exact values: a number is written with the digits that it has."""
