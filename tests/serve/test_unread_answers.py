"""A caller that does not read its answer is disconnected, and what it held is free again."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.support.gateway import Gateway, gateway
from tests.support.polling import until
from tests.support.raw import request
from tests.support.workflow import Workflow

BODY = b"x" * 900_000
HOOK = "name: large\nauthentication: none\nworkflow: {url: URL/raw/unread}\n"


def accepted(running: Gateway, one: socket.socket) -> str:
    """What the worker's descriptor of this caller's connection links to: `socket:[inode]`."""
    ends = f":{running.port:04X}", f":{one.getsockname()[1]:04X}"
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(ends[0]) and fields[2].endswith(ends[1]):
            return f"socket:[{fields[9]}]"
    return ""


def descriptors(process: int) -> set[str]:
    links = set()
    for one in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):
            links.add(str(one.readlink()))
    return links


def read_to_the_end(one: socket.socket) -> None:
    while one.recv(65536):
        pass


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY)
    workflow.raws["unread"] = head + BODY
    hooks = {"a.yaml": HOOK.replace("URL", workflow.url)}
    with gateway(
        tmp_path_factory.mktemp("unread"), hooks, limits={"write_timeout": 1.0}
    ) as running:
        yield running


@contextmanager
def reads_little(running: Gateway) -> Iterator[socket.socket]:
    """A caller whose system takes some kilobytes."""
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.settimeout(20)
        one.connect(("127.0.0.1", running.port))
        yield one


def named(name: str) -> bytes:
    """A request whose line has this id."""
    return request(b"/hooks/large", b"X-Request-Id: " + name.encode(), method=b"GET")


def test_a_caller_that_does_not_read_its_answer_is_closed(running: Gateway) -> None:
    (worker,) = running.workers()
    with reads_little(running) as one:
        one.sendall(request(b"/hooks/large", method=b"GET") * 8)
        until(lambda: accepted(running, one) in descriptors(worker))
        held = accepted(running, one)
        assert held
        until(lambda: held not in descriptors(worker))


def test_its_connection_is_reset_so_that_the_system_holds_nothing_for_it(running: Gateway) -> None:
    with reads_little(running) as one:
        one.sendall(named("reset"))
        running.wait_for_line(request_id="reset")
        with pytest.raises(ConnectionResetError):
            read_to_the_end(one)


def test_an_answer_that_was_not_read_is_told_as_such(running: Gateway) -> None:
    with reads_little(running) as one:
        one.sendall(named("unread"))
        line = running.wait_for_line(request_id="unread")
    assert (line["status"], line["outcome"]) == (499, "caller-left")
    assert line["reason"] == "the connection ended before the caller had read the answer"


def test_so_is_that_of_a_caller_that_leaves_in_the_middle_of_it(running: Gateway) -> None:
    with reads_little(running) as one:
        one.sendall(named("left"))
        assert one.recv(1)
    assert running.wait_for_line(request_id="left")["outcome"] == "caller-left"
