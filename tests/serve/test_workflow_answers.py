"""What a workflow answers in unusual but lawful ways, and how often it is asked."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from tests.serve.processes import resident
from tests.support.gateway import Gateway, gateway
from tests.support.raw import exchange, request
from tests.support.workflow import Received, Workflow

OK = b"HTTP/1.1 200 OK\r\n"
FORGED = OK + b"Content-Length: 6\r\n\r\nforged"
RAWS = {
    "no-content": b"HTTP/1.1 204 No Content\r\n\r\n",
    "reset-content": b"HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n",
    "to-the-end": b"HTTP/1.0 200 OK\r\n\r\nuntil the end",
    "interim": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    + OK + b"Content-Length: 5\r\n\r\nafter",
    "partial": b"HTTP/1.1 206 Partial Content\r\nContent-Length: 4\r\n\r\npart",
    "bomb": b"",
    "odd-type": OK + "Content-Type: text/plain; x=é\r\nContent-Length: 2\r\n\r\n{}".encode(),
    "bad-type": OK + b"Content-Type: text/\xff\xfe; \x7f\r\nContent-Length: 2\r\n\r\n{}",
    "stream": OK + b"Content-Type: text/event-stream\r\nContent-Length: 9\r\n\r\ndata: 1\n\n",
    "cookies": OK + b"Set-Cookie: session=secret\r\nServer: internal/1.2\r\nX-Powered-By: z\r\n"
    b"Location: http://internal/\r\nContent-Length: 2\r\n\r\n{}",
    "two-answers": OK + b"Content-Length: 2\r\n\r\n{}" + FORGED,
}  # fmt: skip


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """Two hundred megabytes."""
    return gzip.compress(bytes(200_000_000))


def hook(name: str, url: str, extra: str = "", response: str = "outputs") -> str:
    return (
        f"\nname: {name}\nmethod: POST\nauthentication: none\n"
        f"workflow: {{url: '{url}'{extra}}}\nresponse: {response}\n"
    )


@pytest.fixture(scope="module")
def odd(
    tmp_path_factory: pytest.TempPathFactory, workflow: Workflow, bomb: bytes
) -> Iterator[Gateway]:
    workflow.raws.update(RAWS)
    encoded = b"Content-Type: text/plain\r\nContent-Encoding: gzip\r\n"
    workflow.raws["bomb"] = OK + encoded + b"Content-Length: %d\r\n\r\n" % len(bomb) + bomb
    url = workflow.url
    hooks = [hook(name, f"{url}/raw/{name}") for name in RAWS]
    hooks += [hook(f"kept-{name}", f"{url}/keep/{name}") for name in RAWS]
    hooks += [hook("nothing-selected", f"{url}/keep/no-content", response="{select: [a]}")]
    hooks += [hook("once", f"{url}/raw")]
    hooks += [hook("hasty", f"{url}/hang", ", timeout: 300ms, retry: {attempts: 5}")]
    hooks += [hook("stubborn", f"{url}/reset", ", retry: {attempts: 3}")]
    for count in (1, 2, 3):
        hooks += [hook(f"flaky-{count}", f"{url}/flaky/3", f", retry: {{attempts: {count}}}")]
    for method in ("POST", "GET", "PUT"):
        hooks += [hook(f"second-{method.lower()}", f"{url}/second", f", method: {method}")]
    files = {"hooks.yaml": "---".join(hooks)}
    with gateway(tmp_path_factory.mktemp("odd"), files) as running:
        yield running


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("no-content", b""), ("reset-content", b""), ("to-the-end", b"until the end"),
        ("interim", b"after"), ("partial", b"part"), ("stream", b"data: 1\n\n"),
        ("kept-no-content", b""), ("kept-interim", b"after"), ("nothing-selected", b"{}"),
    ],
)  # fmt: skip
def test_every_2xx_becomes_200_with_its_body(odd: Gateway, name: str, body: bytes) -> None:
    for _ in range(2):
        answer = odd.request("POST", f"/hooks/{name}")
        assert (answer.status_code, answer.content) == (200, body)
        assert answer.headers["content-length"] == str(len(body))


def test_the_type_of_the_outputs_is_handed_on_byte_for_byte(odd: Gateway) -> None:
    answer = odd.request("POST", "/hooks/odd-type")
    assert dict(answer.headers.raw)[b"content-type"] == "text/plain; x=é".encode()


def test_a_type_that_is_not_fit_for_http_is_left_out(odd: Gateway) -> None:
    answer = odd.request("POST", "/hooks/bad-type")
    assert answer.status_code in (200, 502)
    assert "content-type" not in answer.headers or answer.status_code == 502


def test_nothing_but_the_type_of_the_outputs_reaches_the_caller(odd: Gateway) -> None:
    answer = odd.request("POST", "/hooks/cookies")
    assert answer.status_code == 200
    assert not {"set-cookie", "location", "x-powered-by"} & answer.headers.keys()
    assert answer.headers["server"] == "webhook-gateway"


def test_what_is_compressed_is_handed_on_as_it_is(odd: Gateway, bomb: bytes) -> None:
    odd.request("POST", "/hooks/no-content")
    before = resident(odd)
    for _ in range(5):
        answer = exchange(odd.port, request(b"/hooks/bomb"))
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.body == bomb
    assert resident(odd) - before < 20_000


def test_an_answer_that_nobody_asked_for_is_given_to_nobody(odd: Gateway) -> None:
    for _ in range(5):
        assert odd.request("POST", "/hooks/kept-two-answers").content == b"{}"
        assert odd.request("POST", "/hooks/kept-partial").content == b"part"


def test_a_connection_that_was_closed_meanwhile_is_no_fault(odd: Gateway) -> None:
    answers = [odd.request("POST", "/hooks/once").status_code for _ in range(30)]
    assert answers == [200] * 30


@pytest.mark.parametrize("name", ["second-post", "second-get", "second-put"])
def test_nothing_is_sent_twice_in_silence(odd: Gateway, seen: list[Received], name: str) -> None:
    answers = [odd.request("POST", f"/hooks/{name}").status_code for _ in range(2)]
    assert answers == [200, 502]
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("name", "status", "asked"),
    [("flaky-1", 502, 1), ("flaky-2", 502, 2), ("flaky-3", 200, 3), ("stubborn", 502, 3)],
)
def test_a_workflow_is_asked_as_often_as_the_hook_says(
    odd: Gateway, seen: list[Received], workflow: Workflow, name: str, status: int, asked: int
) -> None:
    workflow.flaky = 0
    assert odd.request("POST", f"/hooks/{name}", json={"a": 1}).status_code == status
    assert len(seen) == asked
    assert len({request.headers["idempotency-key"] for request in seen}) == 1
    assert {request.body for request in seen} == {b'{"a":1}'}


def test_all_attempts_share_one_deadline(odd: Gateway, seen: list[Received]) -> None:
    answer = odd.request("POST", "/hooks/hasty")
    assert answer.status_code == 504
    assert answer.json()["reason"] == "the workflow did not answer within 0.3 s"
    assert len(seen) == 1
