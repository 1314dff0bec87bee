"""Texts that are signed side by side cannot be divided in another way."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from tests.compile.signatures.requests import Sent, compiled, verdict

SECRET = "a-secret-of-some-length"
SECONDS, INSTANT = "1700000000", "2023-11-14T22:13:20Z"
FRACTION = "2023-11-14T22:13:20.123456789Z"
BODIES = {
    "seconds": f'{{"at":{SECONDS},"n":10}}0',
    "instant": f'{INSTANT}{{"at":"{INSTANT}","to":"{FRACTION}"}}{INSTANT[:10]}',
}
TIMES = {"s": SECONDS, "rfc3339": INSTANT}


def _scheme(signed: str, unit: str) -> dict[str, Any]:
    scheme = {"header": "X-A", "signed": signed, "timestamp": {"header": "X-Time", "unit": unit}}
    return scheme | ({"id": {"header": "X-Id"}} if "{id}" in signed else {})


def _divisions(text: str, parts: int) -> Iterator[tuple[str, ...]]:
    """Each way to divide a text into so many parts; a timestamp has at most 40 characters."""
    if parts == 1:
        yield (text,)
        return
    for end in range(len(text) + 1):
        for rest in _divisions(text[end:], parts - 1):
            yield (text[:end], *rest)


@pytest.mark.parametrize("body", sorted(BODIES))
@pytest.mark.parametrize(
    ("signed", "unit"),
    [
        ("{timestamp}{body}", "s"),
        ("{body}{timestamp}", "s"),
        ("{timestamp}{body}", "rfc3339"),
        ("{body}{timestamp}", "rfc3339"),
        ("{id}{timestamp}{body}", "rfc3339"),
        ("{timestamp}{id}.{body}", "s"),
        ("{timestamp}{id}.{body}", "rfc3339"),
    ],
)
def test_only_the_division_that_was_signed_is_verified(signed: str, unit: str, body: str) -> None:
    scheme = compiled(_scheme(signed, unit))
    values = {"id": "msg-1", "timestamp": TIMES[unit], "body": BODIES[body]}
    text = signed.format(**values)
    mac = hmac.digest(SECRET.encode(), text.encode(), "sha256").hex()
    names = [part.partition("}")[0] for part in signed.split("{")[1:]]
    plain = text.replace(".", "", 1) if "{id}." in signed else text
    verified = set()
    for division in _divisions(plain, len(names)):
        told = dict(zip(names, division, strict=True))
        if signed.format(**told) != text or not 1 <= len(told["timestamp"]) <= 40:
            continue
        headers = {"X-A": mac, "X-Time": told["timestamp"], "X-Id": told.get("id", "")}
        if verdict(scheme, Sent(headers, told["body"].encode()), SECRET) is None:
            verified.add(division)
    assert verified == {tuple(values[name] for name in names)}


ORIGIN = "https://hooks.example.com"
URLS = [
    *("/x", "/x?a=1", "/x?u=%22a.b/?", "/x??", "/x?a={1}", '/x?"', "/x?|"),
    *("/x/p", "/x/p|q", "/x/p[", "/x/p:?."),
]
CLEAN = URLS[0:3:2]
TOLD = b'{"a":1.5}'
BEHIND = [
    *(b"", TOLD, b'[{"u":"?b=1|"}]', b"[1:2]", b" {}", b"\xef\xbb\xbf{}"),
    *(b"a=1&b=c.d", b"?a=1", b"1", b"/p", b"|", b".", b":/?1"),
]
"""Bodies that begin with what no URL contains, and others."""


def _parts(signed: str, public: str, text: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Each path, query and body that a request with a signed text can have."""
    fixed = public.count("/") > 2
    before, _, after = signed.partition("{url}" if "{url}" in signed else "{path}")
    begin = before.replace("{method}", "POST") + (public if "{url}" in signed else "")
    if "{path}" in signed and fixed:
        begin += public.removeprefix(ORIGIN)
    rest, between = text.removeprefix(begin.encode()), after.removesuffix("{body}").encode()
    for end in range(len(rest) + 1):
        path, mark, query = rest[:end].decode("latin-1").partition("?")
        can_be = not fixed or not path
        if not (can_be and rest[end:].startswith(between)) or set(path + query) & {" "}:
            continue
        if (mark and not query) or ("{path}" in signed and mark):
            continue
        yield path or "/x", query, rest[end + len(between) :]


@pytest.mark.parametrize(
    ("signed", "public"),
    [
        ("{url}{body}", ORIGIN),
        ("{url}{body}", f"{ORIGIN}/called"),
        ("{method}{url}.{body}", ORIGIN),
        ("{url}|{body}", ORIGIN),
        ("{url} {body}", ORIGIN),
        ("{url}?{body}", f"{ORIGIN}/called"),
        ("{path}{body}", ORIGIN),
        ("{path}:{body}", ORIGIN),
        ("{path}{body}", f"{ORIGIN}/called"),
    ],
)
def test_a_text_is_divided_into_url_and_body_in_one_way(signed: str, public: str) -> None:
    scheme = compiled({"header": "X-A", "signed": signed}, public_url=public)
    for url, body in product(URLS, BEHIND):
        path, _, query = url.partition("?")
        called = public if public.count("/") > 2 else public + path
        given = {"method": "POST", "path": called.removeprefix(ORIGIN), "body": "\0"}
        whole = signed.format(url=called + (f"?{query}" if query else ""), **given)
        text = whole.encode().replace(b"\0", body)
        mac = hmac.digest(SECRET.encode(), text, "sha256").hex()
        verified = [
            (asked, behind)
            for there, asked, behind in _parts(signed, public, text)
            if verdict(scheme, Sent({"X-A": mac}, behind, asked.encode(), there), SECRET) is None
        ]
        assert len(verified) <= 1
        if url in CLEAN and body == TOLD:
            assert [behind for _, behind in verified] == [TOLD]
