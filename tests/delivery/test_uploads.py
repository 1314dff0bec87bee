"""What comes to a durable hook and is no run: half a body, a handshake. The rest can be found."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.delivery.ledger import store_of
from tests.delivery.site import delivering, hook
from tests.support.gateway import ADMIN, Gateway
from tests.support.polling import until
from tests.support.raw import Caller, request
from tests.support.workflow import Workflow

LENGTH = b"Content-Length: 1000"
CHUNKED = b"Transfer-Encoding: chunked"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    """One whose runs are those of the tests here."""
    text = "---\n".join(hook(name, f"{workflow.url}/run/{name}") for name in ("partial", "whole"))
    with delivering(tmp_path_factory.mktemp("uploads"), workflow, text=text) as found:
        yield found


def stored(running: Gateway, name: str) -> set[str]:
    """The runs of a hook."""
    told = running.operate("GET", f"/-/runs?hook={name}", headers=ADMIN).json()
    return {one["run"] for one in told["runs"]}


@pytest.mark.parametrize(("framing", "piece"), [(LENGTH, b"1"), (CHUNKED, b"1\r\n1\r\n")])
def test_a_body_in_pieces_of_a_byte_is_refused_and_not_stored(
    running: Gateway, framing: bytes, piece: bytes
) -> None:
    with Caller(running.port) as caller:
        caller.send(request(b"/hooks/partial", framing))
        until(lambda: caller.send(piece).said_something())
        answer = caller.answer()
    assert (answer.status, answer.headers["connection"]) == (408, "close")
    assert stored(running, "partial") == set()


@pytest.mark.parametrize(("framing", "piece"), [(LENGTH, b"{}"), (CHUNKED, b"2\r\n{}\r\n")])
def test_a_caller_that_leaves_in_the_middle_of_its_body_stores_nothing(
    running: Gateway, framing: bytes, piece: bytes
) -> None:
    name = {LENGTH: "length", CHUNKED: "chunked"}[framing]
    with Caller(running.port) as caller:
        caller.send(request(b"/hooks/partial", framing, b"X-Request-Id: " + name.encode()))
        caller.send(piece)
    line = running.wait_for_line(request_id=name)
    assert (line["outcome"], line["run"]) == ("incomplete-body", "")
    assert stored(running, "partial") == set()


def test_a_caller_that_leaves_before_its_answer_has_a_run_that_the_log_names(
    running: Gateway, workflow: Workflow
) -> None:
    with Caller(running.port) as caller:
        caller.send(
            request(b"/hooks/whole", b"Content-Length: 2", b"X-Request-Id: left", body=b"{}")
        )
    line = running.wait_for_line(request_id="left")
    # Who is fast enough to answer does not see that nobody reads it.
    assert line["outcome"] in ("caller-left", "queued", "running")
    assert stored(running, "whole") == {line["run"]}
    until(lambda: any(one.target == "/run/whole" for one in workflow.received))


def test_a_handshake_does_not_wait_for_the_store_and_starts_no_run(
    tmp_path: Path, workflow: Workflow
) -> None:
    text = "---\n".join(
        (
            hook("asana", f"{workflow.url}/run/asana", "handshake: asana"),
            hook("graph", f"{workflow.url}/run/graph", "handshake: microsoft-graph"),
        )
    )

    def answered(running: Gateway) -> tuple[str, str]:
        asana = running.request("POST", "/hooks/asana", headers={"X-Hook-Secret": "s"})
        graph = running.request("POST", "/hooks/graph?validationToken=t")
        return asana.headers["x-hook-secret"], graph.text

    with delivering(tmp_path, workflow, text=text) as running:
        assert running.request("POST", "/hooks/asana", json={}).status_code == 202
        store = store_of(tmp_path)
        os.kill(store, signal.SIGSTOP)
        try:
            assert answered(running) == ("s", "t")
        finally:
            os.kill(store, signal.SIGCONT)
        until(lambda: running.request("GET", "/-/readyz").json().get("store") is None)
        assert (len(stored(running, "asana")), stored(running, "graph")) == (1, set())
