"""When a request was signed, and whether that is near enough to now."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec
from msgspec import UNSET

from gateway.compile.signatures.members import Member, value_at
from gateway.compile.signatures.outcomes import Unverified
from gateway.compile.signatures.places import Place
from gateway.compile.signatures.request import Request
from gateway.language.spec.scheme import Timestamp

Unit = Literal["s", "ms", "rfc3339"]

_DIGITS = re.compile(rb"[1-9][0-9]{0,13}")
"""No zero in front: as many digits are within the tolerance as now has, so that none of the text
beside it can be taken for a part of it.
"""
_MILLISECONDS = {"s": 1000, "ms": 1}
_INSTANT = re.compile(
    rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
"""As RFC 3339 §5.6 writes it, in upper case. Its end is fixed, so that no byte of what follows it
in a signed text can be taken for a part of it.
"""


class SigningTime:
    """Where the timestamp stands, and how many seconds it may be from now, in either direction.

    `alone` is whether it is signed as a text of its own: then it is read before the signature is
    checked. Otherwise it is a member of the body that is signed, and read afterwards, since
    nothing is decoded before.
    """

    __slots__ = ("_alone", "_mark", "_milliseconds", "_place", "_tolerance", "_unit")

    def __init__(self, spec: Timestamp, tolerance: float, alone: bool) -> None:
        self._place = Place(spec.header, spec.body, "timestamp")
        self._mark = b"" if spec.pair is UNSET else f"{spec.pair}=".encode()
        self._alone = alone
        self._unit: Unit = spec.unit
        self._milliseconds = _reader(spec.unit)
        self._tolerance = tolerance * 1000

    def read(self, request: Request, items: Sequence[bytes], document: Any, now: float) -> bytes:
        """The text that is signed; empty where it is none of its own. Raises Unverified."""
        if not self._alone:
            return b""
        text = self._pair(items) if self._mark else self._place.read(request, document)
        self._check(self._milliseconds(text), now)
        return text

    def seconds(self, text: bytes) -> int:
        """A text that was read in whole seconds since 1970."""
        return self._milliseconds(text) // 1000

    def check_body(self, body: bytes, now: float) -> None:
        """Check a timestamp in a body whose signature holds. Raises Unverified."""
        if self._alone:
            return
        value = _value_at(body, self._place.steps)
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

    def in_body(self, now: float) -> Member | None:
        """Now, as a member of the body that is signed; None where it is a text of its own."""
        if self._alone:
            return None
        text = self.write(now).decode()
        return self._place.steps, text if self._unit == "rfc3339" else int(text)

    def item(self, text: bytes) -> list[bytes]:
        """The pair that carries it beside the signature, where one does."""
        return [self._mark + text] if self._mark else []

    def header(self, text: bytes) -> list[tuple[str, str]]:
        """The header that carries it, where one does."""
        return self._place.header(text)

    def member(self, text: bytes) -> list[Member]:
        """The member of the body that carries it as a text of its own, where one does."""
        return self._place.member(text) if self._alone else []

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


def _value_at(body: bytes, steps: tuple[str, ...]) -> Any:
    try:
        return value_at(msgspec.json.decode(body), steps)
    except (ValueError, LookupError, RecursionError):
        raise Unverified("timestamp-missing") from None
