"""Prefer is read as RFC 7240 says, whatever a caller writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.compile.prefer import LONGEST, Preference, preference_of
from tests.support.exchanges import an_exchange, fields_of


def read(*lines: bytes) -> Preference:
    exchange = an_exchange()
    exchange.fields = fields_of((b"prefer", line) for line in lines)
    return preference_of(exchange)


@pytest.mark.parametrize(
    ("lines", "at_once", "wait"),
    [
        ([b"respond-async"], True, None),
        ([b"Respond-Async, WAIT=5"], True, 5),
        ([b"respond-async", b"wait=5"], True, 5),
        ([b"wait = 5"], False, 5),
        ([b'wait="5"'], False, 5),
        ([b"wait=5; foo=bar;x, respond-async; y=\"a, b\""], True, 5),
        ([b"wait=5, wait=9"], False, 5),
        ([b"wait=soon, wait=9"], False, None),
        ([b"wait=007"], False, 7),
        ([b"wait=31"], False, LONGEST),
        ([b"wait=" + b"9" * 5000], False, LONGEST),
        ([b"wait=0"], False, 0),
        ([b"wait"], False, None),
        ([b"wait="], False, None),
        ([b'wait=""'], False, None),
        ([b"wait=-1"], False, None),
        ([b"wait=1.5"], False, None),
        ([b"wait=1 2, respond-async"], True, None),
        ([b"respond-async="], True, None),
        ([b"respond-async=1"], False, None),
        ([b'foo="a, wait=9", wait=3'], False, 3),
        ([b", ,respond-async,,"], True, None),
        ([b"return=representation"], False, None),
        ([b""], False, None),
        ([b'"wait"=5'], False, None),
    ],
)  # fmt: skip
def test_what_counts(lines: list[bytes], at_once: bool, wait: int | None) -> None:
    assert read(*lines) == Preference(at_once, wait)


@pytest.mark.parametrize(
    ("preference", "seconds", "applied"),
    [
        (Preference(), 7, b""),
        (Preference(True), 0, b"respond-async"),
        (Preference(False, 3), 3, b"wait=3"),
        (Preference(True, 3), 3, b"respond-async, wait=3"),
    ],
)
def test_what_is_applied_is_named(preference: Preference, seconds: int, applied: bytes) -> None:
    assert (preference.seconds(7), preference.applied) == (seconds, applied)


@given(st.lists(st.binary(max_size=60), max_size=3))
def test_nothing_that_a_caller_writes_is_a_mistake_of_ours(lines: list[bytes]) -> None:
    found = read(*lines)
    assert found.wait is None or 0 <= found.wait <= LONGEST


@pytest.mark.parametrize("part", [b" ", b",", b";", b"a=", b'"', b"; ", b'a="\\', b", a"])
def test_a_head_full_of_anything_is_read_in_linear_time(part: bytes) -> None:
    assert read(part * (1_000_000 // len(part))).wait is None
