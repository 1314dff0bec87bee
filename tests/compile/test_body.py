"""A body is what its type says, or refused; nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.compile.body import Received, decode_body, decode_query, media_kind
from gateway.compile.forms import MAX_PARAMETERS
from gateway.compile.multipart_form import FILE, Part, encode_multipart
from gateway.errors import Malformed, UnsupportedMedia
from tests.support.thorough import cases

MULTIPART = b"multipart/form-data; boundary=xx"


def part(disposition: str, value: bytes, more: str = "") -> bytes:
    head = f"--xx\r\nContent-Disposition: {disposition}\r\n{more}\r\n"
    return head.encode() + value + b"\r\n"


def field(name: str, value: bytes) -> bytes:
    return part(f'form-data; name="{name}"', value)


def multipart(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--xx--\r\n"


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [
        (b"application/json", "json"),
        (b"Application/JSON ; Charset=UTF-8", "json"),
        (b'application/json;charset="utf-8"', "json"),
        (b"application/json;", "json"),
        (b"application/cloudevents+json; charset=utf8", "json"),
        (b"application/vnd.github.v3+json", "json"),
        (b"application/json; profile=x; q=1", "json"),
        (b"application/x-www-form-urlencoded", "form"),
        (b"application/x-www-form-urlencoded; charset=utf-8", "form"),
        (b"multipart/form-data; boundary=x", "multipart"),
        (b"application/json; charset=latin-1", "other"),
        (b"application/json; charset=utf-8; charset=utf-16", "other"),
        (b"application/json; charset=utf-16; charset=utf-8", "other"),
        (b"application/json, text/plain", "other"),
        (b"application/json; charset", "other"),
        (b"application/jsonx", "other"),
        (b"text/json", "other"),
        (b"text/plain", "other"),
        (b"multipart/mixed; boundary=x", "other"),
        (b"json", "other"),
        (b"application/", "other"),
        (b"\xff/json", "other"),
        (b"multipart/form-data; boundary=", "other"),
        (b"", "other"),
        (None, "other"),
    ],
)
def test_a_body_is_what_its_type_says(content_type: bytes | None, kind: str) -> None:
    assert media_kind(content_type, b"x") == kind
    assert media_kind(content_type, b"") == "none"
    if kind == "other":
        with pytest.raises(UnsupportedMedia, match="application/json"):
            decode_body(content_type, b"x")


@pytest.mark.parametrize(
    ("content_type", "body", "received"),
    [
        (b"application/json", b'{"a":1}', Received("json", {"a": 1})),
        (b"application/ld+json", b"[1]", Received("json", [1])),
        (b"application/json", b"null", Received("json", None)),
        (b"application/x-www-form-urlencoded", b"a=1&a=2", Received("form", {"a": ["1", "2"]})),
        (
            MULTIPART,
            multipart(field("a", b"1")),
            Received("multipart", {"a": "1"}, (Part("a", b"1"),)),
        ),
        (b"application/json", b"", Received("none", {})),
        (None, b"", Received("none", {})),
        (b"text/plain", b"", Received("none", {})),
    ],
)
def test_a_body_has_its_parameters(
    content_type: bytes | None, body: bytes, received: Received
) -> None:
    assert decode_body(content_type, body) == received


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (b"application/json", b"a=1"),
        (b"application/json", b" "),
        (b"application/x-www-form-urlencoded", b"a=%zz"),
        (b"multipart/form-data", multipart(field("a", b"1"))),
        (b'multipart/form-data; boundary=""', multipart(field("a", b"1"))),
        (b"multipart/form-data; boundary=yy", multipart(field("a", b"1"))),
    ],
)
def test_a_body_that_is_not_what_its_type_says_is_malformed(
    content_type: bytes, body: bytes
) -> None:
    with pytest.raises(Malformed):
        decode_body(content_type, body)


def test_the_fields_of_a_multipart_form_are_texts() -> None:
    body = multipart(
        field("city", "Zürich".encode()),
        field("tag", b"a\r\nb"),
        field("tag", b""),
        part('form-data; name="n"', b"1", "Content-Type: text/plain; charset=UTF-8\r\n"),
        field("", b"x"),
    )
    assert decode_body(MULTIPART, body).value == {
        "city": "Zürich",
        "tag": ["a\r\nb", ""],
        "n": "1",
        "": "x",
    }


@pytest.mark.parametrize("filename", [b"a.txt", b"", "é %22 ../b.txt".encode()])
def test_a_file_stands_beside_the_fields_untouched(filename: bytes) -> None:
    head = b'--xx\r\nContent-Disposition: form-data; name="a"; filename="' + filename + b'"\r\n'
    file = head + b"Content-Type: image/png\r\n\r\n\x00\xff\r\n"
    received = decode_body(MULTIPART, multipart(field("a", b"1"), file, field("b", b"2")))
    assert received.value == {"a": ["1", FILE], "b": "2"}
    name = filename.decode().replace("%22", '"')
    assert received.parts[1] == Part("a", b"\x00\xff", name, "image/png")


@pytest.mark.parametrize(
    "refused",
    [
        part("form-data; name=\"a\"; filename*=UTF-8''a.txt", b"x"),
        part('form-data; name="a"', b"x", "Content-Type: text/plain; charset=latin-1\r\n"),
        part('form-data; name="a"', b"eA==", "Content-Transfer-Encoding: base64\r\n"),
    ],
)
def test_parts_that_programs_read_differently_are_not_read(refused: bytes) -> None:
    with pytest.raises(UnsupportedMedia):
        decode_body(MULTIPART, multipart(field("b", b"1"), refused))


@pytest.mark.parametrize(
    "body",
    [
        field("a", b"1"),
        multipart(field("a", b"1"))[:-4],
        multipart(field("a", b"\xff")),
        multipart(field("a", b"a\0b")),
        multipart(field("a\0", b"b")),
        multipart(part("form-data", b"1")),
        multipart(part('form-data; name="a\\"', b"1")),
        multipart(part('form-data; name="a"; filename="a\\b"', b"1")),
        multipart(part('form-data; name="a%0D%0AX: 1"', b"1")),
        multipart(part('form-data; name="a"', b"1", "Content-Type: a\r\n")),
        multipart(part('form-data; name="a"', b"1", "Content-Type: a/b\r\nContent-Type: c/d\r\n")),
        multipart(part('attachment; name="a"', b"1")),
        multipart(b"--xx\r\n\r\n1\r\n"),
        multipart(b"--xx\r\nno header\r\n\r\n1\r\n"),
        multipart(b"--xx\nContent-Disposition: form-data; name=a\n\n1\n"),
        multipart(*[field("a", b"1")] * (MAX_PARAMETERS + 1)),
        b"x" * 100_000,
        multipart(part("form-data; name=" + "a" * 10_000, b"1")),
    ],
)
def test_a_broken_multipart_form_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        decode_body(MULTIPART, body)


_NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=8).filter(
    lambda name: "\\" not in name
)
_FIELD = st.text(st.characters(codec="utf-8", exclude_characters="\0")).map(str.encode)
_PARTS = st.builds(
    Part,
    _NAMES,
    st.binary(max_size=30) | st.sampled_from([b"\r\n--", b"--xx--", b"\r\n--xx\r\n"]),
    _NAMES,
    st.sampled_from([None, "image/png", "text/plain; charset=latin-1"]),
) | st.builds(
    Part, _NAMES, st.text(st.characters(codec="utf-8", exclude_characters="\0")).map(str.encode)
)


@settings(max_examples=cases(300), deadline=None)
@given(st.lists(_PARTS, max_size=5))
def test_parts_that_are_sent_are_the_parts_that_came(parts: list[Part]) -> None:
    body, content_type = encode_multipart(parts)
    received = decode_body(content_type.encode(), body)
    assert received.parts == tuple(parts)


def test_a_query_is_decoded_as_strictly_as_a_form() -> None:
    assert decode_query(b"") == {}
    assert decode_query(b"city=Paris&tag=a&tag=b") == {"city": "Paris", "tag": ["a", "b"]}
    for broken in (b"a=%zz", b"a=%ff", b"a=%00"):
        with pytest.raises(Malformed, match=r"^The query"):
            decode_query(broken)


_TYPES = st.sampled_from(
    [b"application/json", b"application/x-www-form-urlencoded", MULTIPART, None]
)
_PIECES = st.sampled_from(
    [
        b"--xx", b"--", b"\r\n", b"\r\n\r\n", b"Content-Disposition: form-data", b'; name="a"',
        b"1", b"; filename=b", b"Content-Length: 1", b"Content-Type: text/plain; charset=", b"\xff",
        b'"', b"Content-Disposition", b": ", b"\n", b" ", b"\\", b"name=", b"%41", b"x",
        b"*=utf-8''",
    ]
)  # fmt: skip


def outcome(content_type: bytes | None, body: bytes) -> Any:
    try:
        return decode_body(content_type, body)
    except (Malformed, UnsupportedMedia) as refused:
        return refused.detail


@settings(max_examples=cases(600), deadline=None)
@given(_TYPES | st.binary(max_size=40), st.binary(max_size=60))
def test_any_bytes_of_any_type_are_parameters_or_refused(
    content_type: bytes | None, body: bytes
) -> None:
    assert isinstance(outcome(content_type, body), (Received, str))


@settings(max_examples=cases(600), deadline=None)
@given(st.lists(_PIECES, max_size=24).map(b"".join))
def test_pieces_of_a_multipart_form_are_fields_or_refused(body: bytes) -> None:
    found = outcome(MULTIPART, b"--xx\r\n" + body + b"\r\n--xx--\r\n")
    assert isinstance(found, (Received, str))


@settings(max_examples=cases(500), deadline=None)
@given(st.lists(st.integers(0, 400), max_size=3), st.lists(st.binary(max_size=3), max_size=3))
def test_a_mutated_multipart_form_is_fields_or_refused(
    places: list[int], pieces: list[bytes]
) -> None:
    body = multipart(field("a", b"1"), part('form-data; name="b"', b"2", "Content-Length: 1\r\n"))
    for place, piece in zip(places, pieces, strict=False):
        at = place % len(body)
        body = body[:at] + piece + body[at + 1 :]
    assert isinstance(outcome(MULTIPART, body), (Received, str))
