"""What a JSON text may cost to decode: judged by its bytes, before anything is made of them."""

from __future__ import annotations

import re

from gateway.errors import TooManyValues

MAX_VALUES = 40_000
"""Elements, members, objects and arrays of one text: each costs about a microsecond."""
MAX_DIGIT_WORK = 1_000_000_000
"""The squares of the digits of all long numbers: an integer's digits cost quadratic time."""

LONG_NUMBER = 100
LONGEST_NUMBER = 4300
"""Digits of an integer; longer ones are refused by the decoder before it converts them."""
SMALL = 4 * 1024
"""Bytes that hold too little to cost anything."""
SLICE = 1024 * 1024
"""Bytes that are looked at in one call: the interpreter is nobody else's meanwhile."""

_DIGITS = re.compile(rb"[0-9]++")


def check(data: bytes) -> None:
    """Raises TooManyValues for a text that costs too much. Whether it is JSON is not looked at."""
    if len(data) <= SMALL:
        return
    if _values(data) > MAX_VALUES and _values(_without_strings(data)) > MAX_VALUES:
        raise TooManyValues(
            f"The JSON contains more than {MAX_VALUES} values; send fewer at a time."
        )
    if _digits(data) > LONGEST_NUMBER * 10 and _digit_work(data) > MAX_DIGIT_WORK:
        raise TooManyValues("The JSON contains too many long numbers; send them as strings.")


def count(data: bytes, pattern: bytes) -> int:
    """How often a pattern of one or two different bytes is in data."""
    if len(data) <= SLICE:
        return data.count(pattern)
    over = len(pattern) - 1
    starts = range(0, len(data), SLICE)
    return sum(data.count(pattern, start, start + SLICE + over) for start in starts)


def _values(data: bytes) -> int:
    """At least as many as there are values: punctuation within strings counts as well."""
    return count(data, b",") + count(data, b"{") + count(data, b"[")


def _without_strings(data: bytes) -> bytes:
    """A text whose strings are empty; of one with too many of them only their commas."""
    plain = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    strings = count(plain, b'"') // 2
    if strings > 2 * MAX_VALUES:
        return b"," * strings
    return b"".join(plain.split(b'"')[::2])


def _digits(data: bytes) -> int:
    return len(data) - sum(
        len(data[start : start + SLICE].translate(None, b"0123456789"))
        for start in range(0, len(data), SLICE)
    )


def _digit_work(data: bytes) -> int:
    lengths = (found.end() - found.start() for found in _DIGITS.finditer(data))
    return sum(length * length for length in lengths if LONG_NUMBER < length <= LONGEST_NUMBER)
