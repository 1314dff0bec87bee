"""JSON has one value or is refused with the reason; no bytes do anything else."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.compile.strict_json import MAX_DEPTH, decode
from gateway.errors import Malformed
from gateway.language.literals import encode_json
from tests.support.thorough import cases

ACCEPTED = [
    b"[]", b"[ ]", b"{}", b" {} \n", b"null", b"true", b"false", b'""', b'"a"', b"0", b"-0",
    b"42", b"-1", b"1.5", b"-0.0", b"1E1", b"1e+2", b"1.5e-3", b"[1,2,[3]]", b'{"a":1,"b":{"a":2}}',
    b'{"":0}', b'{"a":[],"A":[]}', b'{"a\\u0000b":1}', b'"\\u0000"', b'"\\u00e9"',
    b'"\\uD83D\\uDE00"',
    b'"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"é😀\u2028"'.encode(), b'"\x7f"', b"\t\n\r []",
    b'["", 0, "0", {"min":-1.0e+28}]', b"123456789012345678901234567890", b"1e-400",
    b'{"a":":","b":" :","c":"\\":","d" :"x\\n:"}',
]  # fmt: skip
REFUSED = [
    b" ", b"\xef\xbb\xbf{}", b"[1,]", b"[,1]", b"[1 2]", b"[", b"]", b"[1", b"{", b"}", b'{"a"',
    b'{"a":', b'{"a":1', b'{"a":1,}', b"{a:1}", b"{'a':1}", b'{1:1}', b'{"a" 1}', b'{"a":1 "b":2}',
    b"{}{}", b"[]x", b"[]]", b"//x\n[]", b"[/**/]", b"01", b"-01", b"1.", b".5", b"+1", b"1e",
    b"1e+", b"0x1", b"1_0", b"- 1", b"--1", b"nul", b"True", b"NULL", b"undefined", b'"', b'"a',
    b'"\\"',
    b'"\\x41"', b'"\\u12"', b'"\\u12G4"', b'"\\a"', b'"\n"', b'"\t"', b'"\x00"', b"\x00", b"'a'",
    b"[1\x0c]", b"\xff", b'"\xff"', b'"\xc0\x80"', b'"\xed\xa0\x80"', b'"\xf4\x90\x80\x80"',
    b'{"\xff":1}', '["a"]'.encode("utf-16"), b"\xe2\x80\xa8[]", b"NaN", b"nan", b"[Infinity]",
    b"-Infinity", b"[-NaN]", b"1e400", b"[-1e400]", b"9" * 4301, b'"\\ud800"', b'"\\udc00"',
    b'"\\ud800\\ud800"', b'"\\ud800x"', b'{"\\ud800":1}',
]  # fmt: skip


@pytest.mark.parametrize("data", ACCEPTED)
def test_json_has_its_value(data: bytes) -> None:
    assert decode(data) == json.loads(data, parse_float=Decimal)
    assert decode(data, exact=False) == json.loads(data)


@pytest.mark.parametrize("data", REFUSED)
def test_what_is_not_json_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed, match=r"^[A-Z].*\.$"):
        decode(data)


@pytest.mark.parametrize(
    "data",
    [
        b'{"k:":[1],"k:":2}',
        b'{"a":[":"],"a":[":::"]}',
        b'[{"a":{"b:":1,"b:":[]}}]',
        b'{"a":["\\u003a"],"a":1}',
        b'[{"\\u003a":":"},{"":1,"":":"}]',
    ],
)
@pytest.mark.parametrize("exact", [True, False])
def test_a_key_twice_is_found_whatever_colons_the_strings_hold(data: bytes, exact: bool) -> None:
    with pytest.raises(Malformed, match="twice"):
        decode(data, exact=exact)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b'{"a":1,"a":2}', "A JSON object has the key 'a' twice."),
        (b"[NaN]", r"NaN and Infinity are not JSON \(byte 1\)."),
        (b'{"a":-Infinity}', r"NaN and Infinity are not JSON \(byte 6\)."),
        (b"[" * 65 + b"]" * 65, "The JSON is nested deeper than 64 levels."),
        (b"[" * 30_000, "The JSON is nested deeper than 64 levels."),
        (b'{"a":' * 30_000, "The JSON is nested deeper than 64 levels."),
        (b'"\xff"', "The JSON is not valid UTF-8."),
        (b'["\\ud800"]', "The JSON contains an unpaired surrogate."),
        (b'["\\ud800 and more text"]', "The JSON contains an unpaired surrogate."),
        (b'["\\udc00"]', "The JSON contains an unpaired surrogate."),
        (b"[] []", r"The body is not JSON: trailing characters \(byte \d+\)."),
        (b'{"a":1e999}', "The JSON contains a number that is out of range."),
        (b"9" * 5000, "The JSON contains a number that is out of range."),
        (b'{"a":', "The JSON ends too early."),
        (b'["\\ud83d', "The JSON ends too early."),
        (b"{'a':1}", r"The body is not JSON: object keys must be strings \(byte 1\)."),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_refusal_says_why(data: bytes, sentence: str) -> None:
    with pytest.raises(Malformed, match=f"^{sentence}$"):
        decode(data)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"\\u0061":1}',
        b'{"a" :1,"a":2}',
        b'{"a":1,"b":":","a" :1}',
        b'{"a":{"b":1,"c":2},"a":1}',
        b'{"a":1,"a":{"b":1}}',
        b'[{"a":1},{"a":1,"b":[{"c":1,"c":1}]}]',
        b'{"":1,"":2}',
        '{"é":1,"\\u00e9":2}'.encode(),
        b'{"a"\n:1,"a"\r\n:2}',
        b'{"a\\"":1,"a\\"":2}',
    ],
)
def test_a_key_that_is_there_twice_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed, match="twice"):
        decode(data)


def test_a_long_key_is_not_sent_back_whole() -> None:
    key = b'"' + b"k" * 10_000 + b'"'
    with pytest.raises(Malformed) as refused:
        decode(b"{" + key + b":1," + key + b":2}")
    assert len(refused.value.detail) < 200


@pytest.mark.parametrize("wide", [b"", b",[1]" * 100, b',{"a":[1]}' * 100])
def test_the_depth_limit_is_exact_and_width_has_none(wide: bytes) -> None:
    def nested(depth: int) -> bytes:
        return b"[1" + wide + b"," + b"[" * (depth - 1) + b"]" * depth

    assert decode(nested(MAX_DEPTH)) == json.loads(nested(MAX_DEPTH))
    with pytest.raises(Malformed, match="deeper"):
        decode(nested(MAX_DEPTH + 1))


def test_brackets_within_text_are_no_depth() -> None:
    assert decode(b'{"a":"' + b"[{" * 1000 + b'"}') == {"a": "[{" * 1000}
    assert decode(b'"' + b"[{:" * 1000 + b'"') == "[{:" * 1000


Tree = Any  # a scalar, a list of trees, or a tuple of (key, tree) pairs: duplicates can be said

_KEYS = st.sampled_from(["a", "b", ":", '":', " :", 'a"', ""])
_LEAVES = st.sampled_from([None, True, 1, 1.5, "", ":", '":', " :", '{"a":1}', "10:20: 30"])
_TREES: st.SearchStrategy[Tree] = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(st.tuples(_KEYS, inner), max_size=4).map(tuple)
        | st.lists(st.tuples(_KEYS, inner), max_size=4, unique_by=lambda p: p[0]).map(tuple)
    ),
    max_leaves=12,
)
_SPACES = st.sampled_from(["", "", "", " ", "\n", "\t", "\r", " \n"])


def _written(tree: Tree, space: Any) -> str:
    if isinstance(tree, list):
        return "[" + f"{space()},".join(space() + _written(one, space) for one in tree) + "]"
    if isinstance(tree, tuple):
        members = (
            f"{space()}{json.dumps(key)}{space()}:{space()}{_written(one, space)}{space()}"
            for key, one in tree
        )
        return "{" + ",".join(members) + "}"
    return json.dumps(tree)


def _repeats(tree: Tree) -> bool:
    if isinstance(tree, list):
        return any(map(_repeats, tree))
    if isinstance(tree, tuple):
        keys = [key for key, _ in tree]
        return len(set(keys)) < len(keys) or any(_repeats(inner) for _, inner in tree)
    return False


@settings(max_examples=cases(400), deadline=None)
@given(_TREES, st.data())
def test_no_duplicate_hides_and_none_is_seen_where_none_is(tree: Tree, data: st.DataObject) -> None:
    text = _written(tree, lambda: data.draw(_SPACES))
    if _repeats(tree):
        with pytest.raises(Malformed, match="twice"):
            decode(text.encode())
    else:
        assert decode(text.encode()) == json.loads(text)


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(_TEXTS, inner),
    max_leaves=20,
)


@settings(max_examples=cases(150), deadline=None)
@given(_VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_what_a_sender_encodes_is_what_the_rules_see(
    value: Any, ascii_only: bool, indent: int | None
) -> None:
    data = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    assert decode(data, exact=False) == value
    assert decode(data) == json.loads(data, parse_float=Decimal)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"0.1", Decimal("0.1")),
        (b"0.1234567890123456789", Decimal("0.1234567890123456789")),
        (b"12345678901234567890.5", Decimal("12345678901234567890.5")),
        (b"123456789012345678901234567890", 123456789012345678901234567890),
        (b"1.10", Decimal("1.1")),
        (b"1e-999999999", Decimal("1e-999999999")),
        (b"0e999999999", 0),
        (b"-0.0", 0),
    ],
)
def test_a_number_has_every_digit_that_was_sent(data: bytes, value: Any) -> None:
    assert decode(data) == value
    assert encode_json(decode(data)).lower().replace(b"e+", b"e") == data


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("data", [b"1e309", b"1e999999999", b"1e99999999999999999999", b"2e308"])
def test_a_number_beyond_a_double_is_refused_and_never_expanded(data: bytes, exact: bool) -> None:
    with pytest.raises(Malformed, match="out of range"):
        decode(b'{"a":' + data + b"}", exact=exact)


@settings(max_examples=cases(1000), deadline=None)
@given(
    st.binary(max_size=40)
    | st.text(alphabet='{}[]":,\\ \nu0123456789eE+-.dDnultrfaNI', max_size=40).map(str.encode)
)
def test_any_bytes_are_a_value_or_malformed(data: bytes) -> None:
    with suppress(Malformed):
        assert decode(data) == json.loads(data, parse_float=Decimal)
        assert decode(data, exact=False) == json.loads(data)
