"""Any bytes as a request get a status that tells the truth, and the next request is fine."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from tests.support.gateway import Gateway
from tests.support.raw import Caller, exchange, request

CHUNKED = b"Transfer-Encoding: chunked"


@pytest.fixture(autouse=True)
def next_request_is_fine(server: Gateway) -> Iterator[None]:
    yield
    assert server.request("GET", "/hooks/open").status_code == 200


@pytest.fixture(scope="module", autouse=True)
def nothing_is_unexpected(server: Gateway) -> Iterator[None]:
    yield
    assert not server.lines("unexpected")


@pytest.mark.parametrize(
    "hosts",
    [b"", b"Host: a\r\nHost: b\r\n", b"Host:\r\n", b"Host: a b\r\n", b"Host: a/b\r\n",
     b"Host: u@a\r\n", b"Host: a:b\r\n", b"Host: [::1\r\n", b"Host: a,b\r\n\tHost: b\r\n"],
)  # fmt: skip
def test_a_request_must_name_one_host(server: Gateway, hosts: bytes) -> None:
    answer = exchange(server.port, b"GET /hooks/open HTTP/1.1\r\n" + hosts + b"\r\n")
    assert answer.status == 400
    assert b"urn:webhook-gateway:malformed" in answer.body


@pytest.mark.parametrize("host", [b"a", b"A.b:80", b"127.0.0.1:8080", b"[::1]:80", b"a:", b"a_b"])
def test_any_host_that_is_one_is_answered(server: Gateway, host: bytes) -> None:
    head = b"GET /hooks/open HTTP/1.1\r\nHost: " + host + b"\r\n\r\n"
    assert exchange(server.port, head).status == 200


@pytest.mark.parametrize(
    "chunks",
    [
        b"zz\r\nabc\r\n0\r\n\r\n",
        b"-1\r\na\r\n0\r\n\r\n",
        b"+1\r\na\r\n0\r\n\r\n",
        b"0x1\r\na\r\n0\r\n\r\n",
        b"3\r\nabcdef\r\n0\r\n\r\n",
        b"3\nabc\n0\n\n",
        b"ffffffffffffffffff\r\n",
        b"1;" + b"e" * 20_000 + b"\r\na\r\n0\r\n\r\n",
        b"0\r\n" + b"X-Trailer: a\r\n" * 5000 + b"\r\n",
    ],
)
def test_broken_chunks_are_malformed(server: Gateway, chunks: bytes) -> None:
    with Caller(server.port) as caller:
        answer = caller.send(request(b"/hooks/open", CHUNKED, body=chunks)).answer()
        assert answer.status == 400
        assert b"urn:webhook-gateway:malformed" in answer.body
        assert caller.closed()


def test_chunks_with_extensions_and_trailers_are_a_body(server: Gateway) -> None:
    body = b'A;a=b\r\n{"CityName\r\n4;c\r\n": 1\r\n1\r\n}\r\n0\r\nX-Trailer: a\r\n\r\n'
    head = (CHUNKED, b"Content-Type: application/json")
    assert exchange(server.port, request(b"/hooks/ruled", *head, body=body)).status == 200


def test_a_body_in_very_many_pieces_is_refused(server: Gateway) -> None:
    body = b"1\r\na\r\n" * 20_000 + b"0\r\n\r\n"
    answer = exchange(server.port, request(b"/hooks/open", CHUNKED, body=body))
    assert answer.status == 400
    assert b"larger chunks" in answer.body


def test_5000_headers_are_refused(server: Gateway) -> None:
    headers = [b"X-%d: a" % number for number in range(5000)]
    assert exchange(server.port, request(b"/hooks/open", *headers)).status == 431


def test_more_than_100_headers_are_refused(server: Gateway) -> None:
    for count, status in ((99, 200), (100, 431)):
        headers = [b"X-%d: a" % number for number in range(count)]
        answer = exchange(server.port, request(b"/hooks/open", *headers, method=b"GET"))
        assert answer.status == status


def test_headers_that_are_too_large_are_refused(server: Gateway) -> None:
    assert exchange(server.port, request(b"/hooks/open", b"X: " + b"a" * 500_000)).status == 431


def test_a_url_over_8_kib_is_refused(server: Gateway) -> None:
    for length in (8200, 70_000):
        target = b"/hooks/open?" + b"a" * length
        assert exchange(server.port, request(target, method=b"GET")).status == 414


@pytest.mark.parametrize(
    "path",
    [
        b"/hooks/%00", b"/hooks/../hooks/open", b"/hooks/%2e%2e/open", b"//hooks/open",
        b"/hooks//open", b"/hooks/./open", b"/hooks/%ff", b"/cities/a%2fb", b"/hooks/%0a",
        b"/hooks/%zz", b"/hooks/%c0%ae", b"/cities/%7f", b"//POST/hooks/open", b"/hooks\\open",
        b"/hooks/\xc3\xa3", b"*", b"/-/../-/status", b"/-//status", b"//-/status",
        b"/-/%73tatus/..",
    ],
)  # fmt: skip
def test_a_path_that_two_parties_could_read_differently_is_malformed(
    server: Gateway, path: bytes
) -> None:
    for method in (b"POST", b"OPTIONS"):
        answer = exchange(server.port, request(path, b"Content-Length: 0", method=method))
        assert answer.status == 400
        assert b"urn:webhook-gateway:malformed" in answer.body


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (b"http://x/hooks/open", 200),
        (b"http://another.example/hooks/open", 200),
        (b"http://user:password@x/hooks/open", 200),
        (b"http://x/../hooks/open", 400),
        (b"http://x", 404),
        (b"http://", 400),
        (b"hooks/open", 400),
        (b"x:80", 400),
        (b"/hooks/open?a=%00", 400),
        (b"/hooks/open?a=%zz", 400),
        (b"/hooks/open?a=%ff", 400),
        (b"/hooks/open?a=\xff", 400),
        (b"/hooks/open?" + b"a&" * 1000, 400),
    ],
)
def test_every_form_of_a_target_has_its_answer(server: Gateway, target: bytes, status: int) -> None:
    assert exchange(server.port, request(target, method=b"GET")).status == status


def test_a_tunnel_is_not_made(server: Gateway) -> None:
    assert exchange(server.port, request(b"x:80", method=b"CONNECT")).status == 400


def test_a_10_gb_length_is_refused_before_reading(server: Gateway) -> None:
    with Caller(server.port) as caller:
        answer = caller.send(request(b"/hooks/open", b"Content-Length: 10737418240")).answer()
        assert answer.status == 413
        assert caller.closed()


def test_a_chunked_body_without_end_is_cut_at_the_limit(server: Gateway) -> None:
    chunk = b"10000\r\n" + bytes(65536) + b"\r\n"
    head = request(b"/hooks/open", CHUNKED, b"X-Request-Id: endless")
    with Caller(server.port) as caller:
        assert caller.send(head, *[chunk] * 40).answer().status == 413
        assert caller.send(*[chunk] * 400).closed()
    assert server.wait_for_line(request_id="endless")["outcome"] == "too-large"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b'{"CityName": "Rome", "CityName": "Paris"}', b"CityName"),
        (b"[" * 10_000, b"deep"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, b"deep"),
        (b'{"CityName": "\xff\xfe"}', b"UTF-8"),
        (b'{"CityName": NaN}', b"JSON"),
        (b'{"CityName": "Paris"} x', b"JSON"),
        (b'{"CityName": "Par', b"JSON"),
        (b"\xef\xbb\xbf{}", b"JSON"),
    ],
)
def test_bad_json_is_malformed_and_says_why(server: Gateway, body: bytes, says: bytes) -> None:
    head = (b"Content-Type: application/json", b"Content-Length: %d" % len(body))
    answer = exchange(server.port, request(b"/hooks/ruled", *head, body=body))
    assert answer.status == 400
    assert says in answer.body


def test_a_type_that_the_rules_cannot_read_is_415(server: Gateway) -> None:
    head = (b"Content-Type: text/xml", b"Content-Length: 4")
    assert exchange(server.port, request(b"/hooks/ruled", *head, body=b"<a/>")).status == 415


@pytest.mark.parametrize("head", [b"Content-Length: 100", CHUNKED])
def test_a_body_that_breaks_off_runs_nothing_and_is_told(server: Gateway, head: bytes) -> None:
    start = request(b"/hooks/open", head, b"X-Request-Id: half-closed", body=b"5\r\nhe")
    with Caller(server.port) as caller:
        answer = caller.send(start).end().answer()
    assert answer.status == 400
    assert b"urn:webhook-gateway:incomplete-body" in answer.body
    assert not server.wait_for_line(request_id="half-closed")["run"]


@pytest.mark.parametrize(
    ("framing", "body", "outcome", "read"),
    [
        (b"Content-Length: 100", b"half", "incomplete-body", 4),
        (CHUNKED, b"4\r\nhalf\r\n5\r\nx", "incomplete-body", 5),
        (CHUNKED, b"4\r\nhalf\r\nzz\r\n", "malformed", 4),
    ],
)
def test_the_log_counts_what_came_of_a_body_that_never_becomes_whole(
    server: Gateway, framing: bytes, body: bytes, outcome: str, read: int
) -> None:
    name = uuid.uuid4().hex
    head = (framing, b"X-Request-Id: " + name.encode())
    with Caller(server.port) as caller:
        assert caller.send(request(b"/hooks/open", *head, body=body)).end().answer().status == 400
    line = server.wait_for_line(request_id=name)
    assert (line["outcome"], line["bytes_in"], line["run"]) == (outcome, read, "")
    assert line["reason"]


def test_a_client_that_leaves_mid_body_is_no_fault(server: Gateway) -> None:
    head = (b"Content-Length: 100", b"X-Request-Id: gone")
    with Caller(server.port) as caller:
        caller.send(request(b"/hooks/open", *head, body=b"half"))
    assert server.wait_for_line(request_id="gone")["outcome"] == "incomplete-body"


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00" * 100,
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET\r\n\r\n",
        b"GET /hooks/open\r\n\r\n",
        b"GET /hooks/open HTTP/1.2\r\nHost: x\r\n\r\n",
        b"GET /hooks/open HTTP/1.1 \r\nHost: x\r\n\r\n",
        b"GET  /hooks/open HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET/ /hooks/open HTTP/1.1\r\nHost: x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /hooks/\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /hooks/open HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n",
        b"GET /hooks/open HTTP/1.1\r\n Host: x\r\n\r\n",
        b"GET /hooks/open HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
        b"GET /hooks/open HTTP/1.1\r\nHost: x\r\nX Y: a\r\n\r\n",
        b"GET /hooks/open HTTP/1.1\r\nHost: x\r\n: a\r\n\r\n",
    ],
)
def test_what_is_not_http_is_refused_by_the_server(server: Gateway, garbage: bytes) -> None:
    assert exchange(server.port, garbage).status in (400, 0)


@pytest.mark.parametrize("head", [b"Host: x\n\n", b"Host: x\n\r\n", b"Host: x\nX: a\r\n\r\n"])
def test_bare_line_feeds_are_no_line_ends(server: Gateway, head: bytes) -> None:
    """RFC 9112 §2.2 lets a recipient refuse them; nothing in front may read them otherwise."""
    assert exchange(server.port, b"GET /hooks/open HTTP/1.1\r\n" + head).status == 400


@pytest.mark.parametrize(
    ("target", "host", "path"),
    [
        (b"/hooks/%1b%5b31m", b"Host: a\r\n", "/hooks/%1b%5b31m"),
        (b"/hooks/../open?key=value", b"Host: a\r\n", "/hooks/../open"),
        (b"/hooks/open#key=value", b"Host: a\r\n", "/hooks/open"),
        (b"/hooks/open", b"", "/hooks/open"),
    ],
)
def test_the_line_of_a_refused_path_or_host_has_the_path_as_it_was_sent(
    server: Gateway, target: bytes, host: bytes, path: str
) -> None:
    answer = exchange(server.port, b"GET " + target + b" HTTP/1.1\r\n" + host + b"\r\n")
    assert answer.status == 400
    line = server.wait_for_line(request_id=answer.headers["x-request-id"])
    assert line["path"] == path
