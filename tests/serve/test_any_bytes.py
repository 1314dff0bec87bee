"""Thousands of broken requests: each gets a status of the contract or a closed connection."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

from tests.support.gateway import Gateway
from tests.support.raw import Caller, request

CASES = 4000
STATUSES = {0, 200, 400, 401, 404, 405, 408, 411, 413, 414, 415, 417, 422, 429, 431, 503}
JSON = b"Content-Type: application/json"
FORM = b"Content-Type: application/x-www-form-urlencoded"
MULTIPART = b"Content-Type: multipart/form-data; boundary=b"
PART = b'--b\r\nContent-Disposition: form-data; name="CityName"\r\n\r\nParis\r\n--b--\r\n'


def whole(path: bytes, *headers: bytes, body: bytes) -> bytes:
    return request(path, *headers, b"Content-Length: %d" % len(body), body=body)


SEEDS = [
    request(b"/hooks/open?a=1&b=%20c", method=b"GET"),
    whole(b"/hooks/paris", JSON, body=b'{"CityName": "Paris", "n": [1.5e3, null, "\\u00e9"]}'),
    whole(b"/hooks/paris", FORM, body=b"CityName=Paris&a=%C3%A9"),
    whole(b"/hooks/paris", MULTIPART, body=PART),
    whole(b"/hooks/basic", b"Authorization: Basic cGFyaXM6czNjcmV0", body=b"x"),
    whole(b"/hooks/bearer", b"Authorization: Bearer token-two", body=b"x"),
    whole(b"/cities/s%C3%A3o", b"X-Event: a", body=b"{}"),
    request(b"/hooks/open", b"Transfer-Encoding: chunked", body=b"3\r\nabc\r\n0\r\n\r\n"),
    request(b"/-/status", b"Authorization: Bearer x", method=b"GET"),
]
PIECES = [
    *(b"\r\n", b"\n", b"\r", b"\x00", b" ", b"\t", b":", b"%", b"%00", b"%2e", b"/", b"//", b"?"),
    *(b"\xff", b"\xc3", b"{", b"[", b'"', b"\\", b"--b", b"0\r\n\r\n", b"\r\n\r\n", b"HTTP/1.1"),
    *(b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"Host: y\r\n", b"a" * 9000),
    *(b"Expect: 100-continue\r\n", b"Connection: close\r\n", b"Upgrade: h2c\r\n", b"9" * 40),
]


def mutate(chance: random.Random) -> bytes:
    data = bytearray(chance.choice(SEEDS))
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(5):
            case 0:
                data[at : at + 1] = chance.randbytes(1)
            case 1:
                del data[at : at + chance.randrange(1, 12)]
            case 2:
                data[at:at] = chance.choice(PIECES)
            case 3:
                data[at:at] = data[at : at + chance.randrange(1, 40)]
            case _:
                data[at:] = chance.randbytes(chance.randrange(30))
    return bytes(data)


def test_any_bytes_get_a_status_of_the_contract_or_a_closed_connection(server: Gateway) -> None:
    chance = random.Random(20261125)  # noqa: S311 - to be the same in every run
    cases = [mutate(chance) for _ in range(CASES)]

    def status_of(data: bytes) -> int:
        with Caller(server.port) as caller:
            return caller.send(data).end().answer().status

    workers, lines = server.workers(), len(server.all_lines())
    with ThreadPoolExecutor(4) as callers:
        found = list(callers.map(status_of, cases))
    strange = {status: cases[found.index(status)] for status in set(found) - STATUSES}
    assert not strange
    assert len(set(found)) > 6
    assert server.workers() == workers
    assert {line["event"] for line in server.all_lines()[lines:]} == {"request"}
    assert "Traceback" not in server.output()
    assert server.request("GET", "/hooks/open").status_code == 200
