"""Any bytes get a true status; what two parties could read differently never reaches the app."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.raw import Caller, exchange, request
from tests.wire.server.corpus import CORPUS, NEXT, Case
from tests.wire.server.serving import Site, running


@pytest.fixture(scope="module")
def shared() -> Iterator[Site]:
    with running() as site:
        yield site


@pytest.fixture
def site(shared: Site) -> Iterator[Site]:
    shared.calls.clear()
    shared.refused.clear()
    yield shared
    assert exchange(shared.port, NEXT).status == 200
    assert not shared.faults
    shared.wait_until(lambda: not sum(shared.listener.states().values()))


def _answers(site: Site, case: Case, *parts: bytes) -> list[int]:
    found: list[int] = []
    with Caller(site.port) as caller:
        caller.send(*parts)
        caller.end()
        while (answer := caller.answer()).status:
            found.append(answer.status)
            if answer.status >= 400:
                assert answer.body.startswith(case.code.encode() + b": ")
                assert answer.headers["connection"] == "close"
    return found


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
def test_every_request_of_the_corpus_has_its_answer(site: Site, case: Case) -> None:
    assert _answers(site, case, case.sent) == list(case.statuses)
    assert tuple(call["body"] for call in site.calls) == case.bodies
    assert [code for _, code, _, _ in site.refused] == ([case.code] if case.code else [])


@pytest.mark.parametrize(
    "case", [case for case in CORPUS if len(case.sent) < 1000], ids=lambda case: case.name
)
def test_the_answer_is_the_same_when_each_byte_comes_alone(site: Site, case: Case) -> None:
    parts = [case.sent[n : n + 1] for n in range(len(case.sent))]
    assert _answers(site, case, *parts) == list(case.statuses)
    assert tuple(call["body"] for call in site.calls) == case.bodies


@pytest.mark.parametrize(
    ("start", "says"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00", b"TLS"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"HTTP/2"),
        (b"\0", b"HTTP/1.1"),
        (b"GET /\r\n\r\n", b"request line"),
        (b"POST / HTTP/1.1\nHost: x\n", b"HTTP/1.1"),
    ],
)
def test_what_is_no_http_is_told_so_before_its_head_is_whole(
    site: Site, start: bytes, says: bytes
) -> None:
    answer = exchange(site.port, start)
    assert (answer.status, says in answer.body) == (400, True)


def test_a_refusal_knows_the_request_where_it_could_be_read(site: Site) -> None:
    exchange(site.port, request(b"/first", method=b"GET"))
    exchange(site.port, request(b"/a?b", b"Expect: nothing", method=b"PUT"))
    head = site.refused[0][3]
    assert (head.method, head.target, head.fields[b"expect"]) == ("PUT", b"/a?b", b"nothing")
    assert head.client is not None
    assert head.client[0] == "127.0.0.1"


def test_a_refusal_of_bytes_that_cannot_be_read_knows_nothing_of_the_request_before(
    site: Site,
) -> None:
    with Caller(site.port) as caller:
        caller.send(request(b"/first", method=b"GET"))
        assert caller.answer().status == 200
        caller.send(b"\x16\x03\x01")
        assert caller.answer().status == 400
    assert (site.refused[0][3].target, dict(site.refused[0][3].fields)) == (b"", {})
