"""A proxy in front and the server see the same requests, whatever bytes come."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.support.raw import Answer, Caller, request
from tests.wire.server.corpus import CORPUS, Case
from tests.wire.server.proxies import COMMANDS, in_front
from tests.wire.server.serving import Site, running

Front = tuple[Site, int]


@pytest.fixture(scope="module", params=sorted(COMMANDS))
def front(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("proxy")
    with running() as site, in_front(request.param, site.port, folder) as port:
        yield site, port


def _answers(port: int, sent: bytes) -> list[Answer]:
    found: list[Answer] = []
    with Caller(port) as caller:
        caller._socket.settimeout(5)
        caller.send(sent, b"")
        caller.send(request(b"/last", b"Connection: close", method=b"GET"))
        while (answer := caller.answer()).status:
            found.append(answer)
    return found


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
def test_both_hops_see_the_same_requests(front: Front, case: Case) -> None:
    site, port = front
    site.calls.clear()
    answers = [json.loads(one.body) for one in _answers(port, case.sent) if one.status == 200]
    seen = [(answer["target"], answer["body"]) for answer in answers]
    if case.name == "HTTP/0.9":  # to which nginx answers without a head
        assert len(site.calls) <= 1
        return
    assert seen == [(str(call["target"]), str(call["body"])) for call in site.calls]
    # A connection between the hops that was out of step would answer another's request.
    for number in range(3):
        probe = _answers(port, request(b"/probe-%d" % number, method=b"GET"))
        targets = [json.loads(one.body)["target"] for one in probe]
        assert targets == [f"b'/probe-{number}'", "b'/last'"]
