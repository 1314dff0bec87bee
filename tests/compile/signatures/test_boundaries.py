"""Texts that are signed side by side cannot be divided in another way."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
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
