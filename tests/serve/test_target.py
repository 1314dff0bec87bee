"""Paths and hosts that everybody on the way reads alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import Malformed
from gateway.serve.target import judge_host, judge_path


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        (b"/", "/"),
        (b"/a", "/a"),
        (b"/a/b", "/a/b"),
        (b"/a/", "/a/"),
        (b"/a.b/..c/d..", "/a.b/..c/d.."),
        (b"/s%C3%A3o%20paulo", "/são paulo"),
        (b"/%41%2d%7e", "/A-~"),
        (b"/a%25b", "/a%b"),
        (b"/a%2525", "/a%25"),
        (b"/~!$&'()*+,;=:@-_", "/~!$&'()*+,;=:@-_"),
    ],
)
def test_a_path_is_decoded_once(raw: bytes, path: str) -> None:
    assert judge_path(raw) == path


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"a", b"*", b"//", b"//a", b"/a//b", b"/a//", b"/.", b"/..", b"/a/.", b"/a/../b",
        b"/%2e", b"/%2E%2e/a", b"/a/%2e%2e", b"/.%2e/a", b"/a%2fb", b"/a%2Fb", b"/%00", b"/a%0a",
        b"/%7f", b"/%1b", b"/%ff", b"/%c0%ae", b"/%ed%a0%80", b"/%", b"/%4", b"/%zz", b"/a b",
        b"/a\\b", b"/\xc3\xa3", b'/"', b"/<>", b"/{a}", b"/a?b", b"/a#b", b"/|", b"/^", b"/`",
        b"/a\n",
    ],
)  # fmt: skip
def test_a_path_that_could_be_read_in_two_ways_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        judge_path(raw)


@given(st.binary(max_size=60).map(lambda tail: b"/" + tail))
def test_any_bytes_are_a_path_without_surprises_or_malformed(raw: bytes) -> None:
    try:
        path = judge_path(raw)
    except Malformed:
        return
    segments = path[1:].split("/")
    assert not {"", ".", ".."} & set(segments[:-1])
    assert segments[-1] not in (".", "..")
    assert len(segments) == raw.count(b"/")
    assert min(path) >= " "


@pytest.mark.parametrize(
    "host",
    [b"a", b"a.example", b"a:80", b"a:", b"127.0.0.1:8080", b"[::1]", b"[::1]:80", b"A_b-c~"],
)
def test_one_host_is_a_host(host: bytes) -> None:
    judge_host(host)


@pytest.mark.parametrize(
    "host",
    [
        None, [b"a", b"a"], b"", b" ", b"a b", b"a/b", b"u@a", b"a:b", b"a:80:80", b"[::1",
        b"[::1]x", b"::1", b"a\x00", b"a\n", b"\xff", b"a?b", b"a#b", b"a:123456", b"[]",
    ],
)  # fmt: skip
def test_anything_else_is_none(host: bytes | list[bytes] | None) -> None:
    with pytest.raises(Malformed, match="Host"):
        judge_host(host)
