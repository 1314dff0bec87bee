"""Workers that end, stand still or cannot start: they are replaced, and callers notice little."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gateway import Gateway, gateway
from tests.support.polling import until
from tests.support.raw import Caller, request

HOOK = "name: a\nauthentication: none\nworkflow: http://127.0.0.1:9/\n"
LIVE = b"GET /-/livez HTTP/1.0\r\n\r\n"
ENDED = "a worker ended unexpectedly; another one is started"
STILL = "a worker's event loop is blocked; the worker is killed"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    directory = tmp_path_factory.mktemp("supervision")
    with gateway(directory, {"a.yaml": HOOK}, limits={"still": 1.0}) as found:
        yield found


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """One with two workers, not awaited."""
    arguments = ("--workers", "2")
    directory = tmp_path_factory.mktemp("two")
    with gateway(directory, {"a.yaml": HOOK}, *arguments, ready=False) as found:
        yield found


def the_worker(running: Gateway) -> int:
    """The one worker that answers now."""
    until(lambda: len(running.workers()) == 1)
    (worker,) = running.workers()
    return worker


def told(running: Gateway, event: str, worker: int) -> dict[str, object]:
    return running.wait_for_line(event=event, process=worker)


def test_a_worker_that_stands_still_is_killed_replaced_and_told(running: Gateway) -> None:
    worker = the_worker(running)
    os.kill(worker, signal.SIGSTOP)
    with Caller(running.port) as caller:
        assert caller.send(LIVE).answer().status == 200, "the next one answers who waited"
    assert told(running, STILL, worker)["seconds"]
    assert told(running, ENDED, worker)["ending"] == "killed by SIGKILL"
    assert the_worker(running) != worker


def test_who_waits_at_a_worker_that_is_killed_is_answered_by_the_next(running: Gateway) -> None:
    worker = the_worker(running)
    # Stopped, it accepts nothing: the connection waits in the socket's queue.
    os.kill(worker, signal.SIGSTOP)
    with Caller(running.port) as caller:
        caller.send(LIVE)
        os.kill(worker, signal.SIGKILL)
        assert caller.answer().status == 200
    line = told(running, ENDED, worker)
    assert (line["level"], line["ending"]) == ("error", "killed by SIGKILL")


def test_a_worker_that_is_asked_to_stop_finishes_and_is_replaced(running: Gateway) -> None:
    worker = the_worker(running)
    os.kill(worker, signal.SIGTERM)
    assert told(running, ENDED, worker)["ending"] == "exit status 0"
    until(lambda: running.request("GET", "/hooks/a").status_code == 502)
    assert the_worker(running) != worker


def test_a_worker_that_dies_again_and_again_is_started_with_pauses_that_grow(
    tmp_path: Path,
) -> None:
    with gateway(tmp_path, {"a.yaml": HOOK}) as running:
        pauses = []
        for _ in range(4):
            worker = the_worker(running)
            os.kill(worker, signal.SIGKILL)
            pauses.append(told(running, ENDED, worker)["seconds"])
        assert pauses == [0.0, 0.1, 0.2, 0.5]
        assert running.stop() == 0


def test_a_second_gateway_on_the_same_port_is_refused(running: Gateway, tmp_path: Path) -> None:
    for workers in ("1", "2"):
        arguments = ("--port", str(running.port), "--workers", workers)
        with gateway(tmp_path / workers, {"a.yaml": HOOK}, *arguments, ready=False) as second:
            assert second.process.wait(30) == 2
            assert f"cannot listen on 127.0.0.1:{running.port}" in second.log.read_text()


def test_once_serving_is_told_every_worker_serves_its_hooks(two: Gateway) -> None:
    line = two.wait_for_line(event="serving")
    assert line["workers"] == 2
    for _ in range(8):
        with socket.create_connection(("127.0.0.1", two.port), timeout=5) as connection:
            connection.sendall(request(b"/hooks/a", method=b"GET"))
            assert connection.recv(64).startswith(b"HTTP/1.1 502"), "the hook was called"


def test_the_port_of_two_workers_is_refused_as_well(two: Gateway, tmp_path: Path) -> None:
    two.wait_for_line(event="serving")
    arguments = ("--port", str(two.port), "--workers", "2")
    with gateway(tmp_path, {"a.yaml": HOOK}, *arguments, ready=False) as second:
        assert second.process.wait(30) == 2


def test_a_stop_while_the_workers_start_ends_at_once(tmp_path: Path) -> None:
    arguments = ("--workers", "2", "--drain", "50s")
    with gateway(tmp_path, {"a.yaml": HOOK}, *arguments, ready=False) as running:
        until(lambda: len(running.workers()) == 2)
        assert running.stop() in (0, -signal.SIGTERM)
        assert "Traceback" not in running.log.read_text()
