"""Any bytes as a request get a status that tells the truth, and the next request is fine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gateway import Gateway, gateway
from tests.support.raw import exchange
from tests.support.workflow import Workflow

HOOKS = """
name: open
method: [POST, GET]
authentication: none
workflow: {url}/run/open
---
name: ruled
method: POST
authentication: none
match: {{body: {{CityName: Paris}}}}
workflow: {url}/run/ruled
---
name: cities
path: /cities/{{city}}
method: POST
authentication: none
workflow: {url}/run/cities
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    directory: Path = tmp_path_factory.mktemp("malformed")
    with gateway(directory, {"hooks.yaml": HOOKS.format(url=workflow.url)}) as running:
        yield running


@pytest.fixture(autouse=True)
def next_request_is_fine(server: Gateway) -> Iterator[None]:
    yield
    assert server.request("GET", "/hooks/open").status_code == 200
    assert not server.lines("unexpected")


def post(path: bytes, headers: bytes, body: bytes = b"") -> bytes:
    return b"POST " + path + b" HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n" + body


def test_a_request_without_a_host_is_malformed(server: Gateway) -> None:
    assert exchange(server.port, b"GET /hooks/open HTTP/1.1\r\n\r\n").status == 400


def test_a_request_with_two_hosts_is_malformed(server: Gateway) -> None:
    answer = exchange(server.port, b"GET /hooks/open HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
    assert answer.status == 400
    assert b"exactly one Host" in answer.body


def test_both_lengths_are_malformed(server: Gateway) -> None:
    head = b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"
    answer = exchange(server.port, post(b"/hooks/open", head, b"0\r\n\r\n"))
    assert answer.status == 400


def test_two_lengths_are_malformed(server: Gateway) -> None:
    head = b"Content-Length: 4\r\nContent-Length: 5\r\n"
    assert exchange(server.port, post(b"/hooks/open", head, b"abcd")).status == 400


@pytest.mark.parametrize(
    "chunks",
    [
        b"zz\r\nabc\r\n0\r\n\r\n",
        b"-1\r\na\r\n0\r\n\r\n",
        b"3\r\nabcdef\r\n0\r\n\r\n",
        b"ffffffffffffffffff\r\n",
    ],
)
def test_bad_chunks_are_malformed(server: Gateway, chunks: bytes) -> None:
    head = b"Transfer-Encoding: chunked\r\n"
    assert exchange(server.port, post(b"/hooks/open", head, chunks)).status == 400


def test_5000_headers_are_refused(server: Gateway) -> None:
    head = b"".join(b"X-%d: a\r\n" % number for number in range(5000))
    assert exchange(server.port, post(b"/hooks/open", head)).status in (400, 431)


def test_more_than_100_headers_are_refused(server: Gateway) -> None:
    head = b"".join(b"X-%d: a\r\n" % number for number in range(101))
    assert exchange(server.port, post(b"/hooks/open", head)).status == 431


def test_a_url_over_8_kib_is_refused(server: Gateway) -> None:
    assert exchange(server.port, post(b"/hooks/open?" + b"a" * 8200, b"")).status == 414


@pytest.mark.parametrize(
    "path",
    [
        b"/hooks/%00", b"/hooks/../hooks/open", b"/hooks/%2e%2e/open", b"//hooks/open",
        b"/hooks//open", b"/hooks/./open", b"/hooks/%ff", b"/cities/a%2fb", b"/hooks/%0a",
        b"/hooks/%zz", b"/hooks/%c0%ae", b"/cities/%7f",
    ],
)  # fmt: skip
def test_a_path_that_two_parties_could_read_differently_is_malformed(
    server: Gateway, path: bytes
) -> None:
    answer = exchange(server.port, post(path, b"Content-Length: 0\r\n"))
    assert answer.status == 400
    assert b"urn:webhook-gateway:malformed" in answer.body


def test_a_10_gb_length_is_refused_before_reading(server: Gateway) -> None:
    answer = exchange(server.port, post(b"/hooks/open", b"Content-Length: 10737418240\r\n"))
    assert answer.status == 413


def test_a_chunked_body_without_end_is_cut_at_the_limit(server: Gateway) -> None:
    chunk = b"10000\r\n" + bytes(65536) + b"\r\n"
    head = b"Transfer-Encoding: chunked\r\n"
    answer = exchange(server.port, post(b"/hooks/open", head), *[chunk] * 40)
    assert answer.status in (413, 0)
    line = server.wait_for_line(outcome="too-large")
    assert line["status"] == 413


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b'{"CityName": "Rome", "CityName": "Paris"}', b"CityName"),
        (b"[" * 100_000, b"deep"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, b"deep"),
        (b'{"CityName": "\xff\xfe"}', b"UTF-8"),
        (b'{"CityName": NaN}', b"JSON"),
        (b'{"CityName": "Paris"} x', b"JSON"),
        (b'{"CityName": "Par', b"JSON"),
    ],
)
def test_bad_json_is_malformed_and_says_why(server: Gateway, body: bytes, says: bytes) -> None:
    head = b"Content-Type: application/json\r\nContent-Length: %d\r\n" % len(body)
    answer = exchange(server.port, post(b"/hooks/ruled", head, body))
    assert answer.status == 400
    assert says in answer.body


def test_a_type_that_the_rules_cannot_read_is_415(server: Gateway) -> None:
    head = b"Content-Type: text/xml\r\nContent-Length: 4\r\n"
    assert exchange(server.port, post(b"/hooks/ruled", head, b"<a/>")).status == 415


def test_a_client_that_leaves_mid_body_is_no_fault(server: Gateway) -> None:
    import socket

    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(post(b"/hooks/open", b"Content-Length: 100\r\n", b"half"))
    line = server.wait_for_line(outcome="client-gone")
    assert line["status"] == 0


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00" * 100,
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
def test_what_is_not_http_is_refused_by_the_server(server: Gateway, garbage: bytes) -> None:
    assert exchange(server.port, garbage).status in (400, 0)
