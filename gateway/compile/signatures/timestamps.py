"""When a request was signed, and whether that is near enough to now."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec
from msgspec import UNSET

from gateway.compile.signatures.outcomes import Unverified
from gateway.compile.signatures.request import Request
from gateway.language.spec.scheme import Timestamp

Unit = Literal["s", "ms", "rfc3339"]

_DIGITS = re.compile(rb"[0-9]{1,14}")
_MILLISECONDS = {"s": 1000, "ms": 1}
_INSTANT = re.compile(
    rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
"""As RFC 3339 §5.6 writes it, in upper case. Its end is fixed, so that no byte of what follows it
in a signed text can be taken for a part of it.
"""


class SigningTime:
    """Where the timestamp stands, and how many seconds it may be from now, in either direction.

    `name` is the header of its own, empty where it has none; `steps` lead to it in a JSON body.
    A timestamp in a header or a pair is signed as text and read before the signature is checked;
    one in the body is read afterwards, since nothing is decoded before.
    """

    __slots__ = ("_field", "_mark", "_milliseconds", "_tolerance", "_unit", "name", "steps")

    def __init__(self, spec: Timestamp, tolerance: float) -> None:
        self.name = "" if spec.header is UNSET else spec.header
        self._field = self.name.lower().encode()
        self._mark = b"" if spec.pair is UNSET else f"{spec.pair}=".encode()
        self.steps = None if spec.body is UNSET else pointer_steps(spec.body)
        self._unit: Unit = spec.unit
        self._milliseconds = _reader(spec.unit)
        self._tolerance = tolerance * 1000

    def read(self, request: Request, items: Sequence[bytes], now: float) -> bytes:
        """The text that is signed; empty for a timestamp in the body. Raises Unverified."""
        if self.steps is not None:
            return b""
        text = request.single(self._field, "timestamp") if self.name else self._pair(items)
        self._check(self._milliseconds(text), now)
        return text

    def check_body(self, body: bytes, now: float) -> None:
        """Check a timestamp in a body whose signature holds. Raises Unverified."""
        if self.steps is None:
            return
        value = _value_at(body, self.steps)
        if type(value) is str and self._unit == "rfc3339":
            self._check(_instant(value.encode()), now)
        elif type(value) is int and self._unit != "rfc3339":
            self._check(value * _MILLISECONDS[self._unit], now)
        else:
            raise Unverified("timestamp-malformed")

    def write(self, now: float) -> bytes:
        """Now, as the sender would write it."""
        if self._unit == "rfc3339":
            return datetime.fromtimestamp(int(now), UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
        return b"%d" % (int(now * 1000) // _MILLISECONDS[self._unit])

    def write_body(self, now: float) -> int | str:
        """The same as a value of a JSON body."""
        text = self.write(now).decode()
        return text if self._unit == "rfc3339" else int(text)

    def item(self, text: bytes) -> list[bytes]:
        """The pair that carries it in the signature's header, where one does."""
        return [self._mark + text] if self._mark else []

    def _pair(self, items: Sequence[bytes]) -> bytes:
        texts = [item[len(self._mark) :] for item in items if item.startswith(self._mark)]
        if not texts:
            raise Unverified("timestamp-missing")
        if len(texts) > 1:
            raise Unverified("timestamp-repeated")
        return texts[0]

    def _check(self, milliseconds: int, now: float) -> None:
        if abs(int(now * 1000) - milliseconds) > self._tolerance:
            raise Unverified("timestamp-outside")


def _reader(unit: Unit) -> Callable[[bytes], int]:
    """What makes milliseconds since 1970 of a timestamp's text. It raises Unverified."""
    if unit == "rfc3339":
        return _instant
    scale = _MILLISECONDS[unit]

    def count(text: bytes) -> int:
        if _DIGITS.fullmatch(text) is None:
            raise Unverified("timestamp-malformed")
        return int(text) * scale

    return count


def _instant(text: bytes) -> int:
    if _INSTANT.fullmatch(text) is None:
        raise Unverified("timestamp-malformed")
    try:
        moment = datetime.fromisoformat(text.decode())
        return int(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        raise Unverified("timestamp-malformed") from None


def pointer_steps(pointer: str) -> tuple[str, ...]:
    """The steps of a JSON Pointer (RFC 6901), unescaped."""
    return tuple(
        step.replace("~1", "/").replace("~0", "~") for step in pointer.removeprefix("/").split("/")
    )


def _value_at(body: bytes, steps: tuple[str, ...]) -> Any:
    try:
        value = msgspec.json.decode(body)
        for step in steps:
            value = value[int(step)] if isinstance(value, list) else value[step]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        raise Unverified("timestamp-missing") from None
    return value
