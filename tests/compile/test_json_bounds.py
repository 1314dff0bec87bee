"""JSON that would take long to decode is refused by its bytes; nothing else is."""

from __future__ import annotations

import json

import pytest

from gateway.compile.json_bounds import MAX_VALUES, count
from gateway.compile.large import decoded_size
from gateway.compile.strict_json import decode
from gateway.errors import TooManyValues

MIB = 1024 * 1024
REFUSED = {
    "objects": b"[" + b"{}," * MAX_VALUES + b"{}]",
    "members": b"[" + b'{"":0},' * MAX_VALUES + b"{}]",
    "numbers": b"[" + b"1," * MAX_VALUES + b"1]",
    "strings": b"[" + b'"",' * (MAX_VALUES * 2) + b"1]",
    "keys": json.dumps(dict.fromkeys(map(str, range(MAX_VALUES + 1)), 0)).encode(),
    "arrays": b"[" + b"[[]]," * MAX_VALUES + b"1]",
    "long integers": b"[" + b",".join([b"1" * 4300] * 243) + b"]",
    "quotes in strings": b'["\\"",' + b"1," * MAX_VALUES + b"1]",
}
TAKEN = {
    "a table as text": {"csv": "a,b,c\n" * 100_000},
    "code as text": {"code": '{"a": [1, 2]}, ' * 50_000},
    "an image as text": {"png": "iVBORw0KGgo" * 90_000},
    "a long text of digits": {"digits": "1" * 900_000},
    "text with escapes": {"text": '\u00e9\\",' * 60_000},
    "as many values as there may be": list(range(MAX_VALUES - 1)),
    "many numbers": {"prices": [12345678901234567890] * 20_000},
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_what_would_take_long_is_refused(data: bytes) -> None:
    with pytest.raises(TooManyValues, match=r"; send .*\.$"):
        decode(data)


@pytest.mark.parametrize("value", TAKEN.values(), ids=TAKEN)
def test_what_only_looks_so_is_taken(value: object) -> None:
    assert decode(json.dumps(value).encode()) == value


@pytest.mark.parametrize("pattern", [b",", b'":'])
def test_a_count_in_slices_is_the_count(pattern: bytes) -> None:
    for data in (pattern * (2 * MIB), b"x" + pattern * (2 * MIB), b"x" * (MIB - 1) + pattern * 9):
        assert count(data, pattern) == data.count(pattern)


@pytest.mark.parametrize("shape", [b"{},", b'{"":0},', b'[""],', b'"\xf0\x9f\x98\x80aaaaa",'])
def test_what_is_decoded_is_never_larger_than_it_is_charged(shape: bytes) -> None:
    import tracemalloc

    data = b"[" + shape * (MAX_VALUES // 4) + b"0]"
    tracemalloc.start()
    value = decode(data)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert value
    assert size <= decoded_size(data)
