"""Stopping: what is in flight is finished, what stalls is cut, and the exit status is 0."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.gateway import Gateway, gateway
from tests.support.polling import until
from tests.support.workflow import Workflow

HOOK = """
name: gate
method: POST
authentication: none
workflow: {{url: "{url}", timeout: 60s}}
"""


class Call(threading.Thread):
    """A request on its way; `status` is 0 where the connection ended without an answer."""

    def __init__(self, running: Gateway) -> None:
        super().__init__(daemon=True)
        self._running = running
        self.status: int | None = None

    def run(self) -> None:
        try:
            self.status = self._running.request("POST", "/hooks/gate").status_code
        except httpx.TransportError:
            self.status = 0

    def result(self) -> int | None:
        self.join(20)
        return self.status


@contextmanager
def in_flight(
    directory: Path, workflow: Workflow, path: str, *arguments: str
) -> Iterator[tuple[Gateway, Call]]:
    """A gateway with a request that its workflow has received and not answered."""
    workflow.gate.clear()
    workflow.received.clear()
    hooks = {"a.yaml": HOOK.format(url=workflow.url + path)}
    with gateway(directory, hooks, *arguments) as running:
        call = Call(running)
        call.start()
        until(lambda: workflow.received)
        yield running, call
        workflow.gate.set()


def test_a_request_that_stalls_is_cut_when_the_drain_is_over(
    tmp_path: Path, workflow: Workflow
) -> None:
    with in_flight(tmp_path, workflow, "/hang", "--drain", "1s") as (running, call):
        assert running.stop() == 0
        assert call.result() == 0
        assert running.lines("the drain time is over; the requests still in flight are cut off")
        (line,) = [one for one in running.lines() if one["hook"]]  # without a 503 of readiness
        assert (line["status"], line["outcome"]) == (499, "cut")


def test_each_further_signal_ends_the_wait_that_it_finds(
    tmp_path: Path, workflow: Workflow
) -> None:
    waits = ("--pre-drain", "50s", "--drain", "50s")
    with in_flight(tmp_path, workflow, "/hang", *waits) as (running, call):
        running.process.send_signal(signal.SIGTERM)
        until(lambda: running.request("GET", "/-/readyz").status_code == 503)
        running.process.send_signal(signal.SIGTERM)
        until(lambda: _refuses(running))
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(20) == 0
        assert call.result() == 0


def test_a_worker_that_is_still_starting_drains_with_the_others(
    tmp_path: Path, workflow: Workflow
) -> None:
    hooks = {"a.yaml": HOOK.format(url=workflow.url)}
    with gateway(tmp_path, hooks, "--pre-drain", "50s") as running:
        (first,) = running.workers()
        os.kill(first, signal.SIGKILL)
        until(lambda: set(running.workers()) - {first})
        running.process.send_signal(signal.SIGTERM)
        until(lambda: running.request("GET", "/-/readyz").json() == {"status": "draining"})
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(20) == 0


@pytest.mark.parametrize(("times", "pre_drain"), [(2, "0s"), (1, "50s")])
def test_a_stop_that_the_whole_process_group_is_asked_for_is_no_error(
    tmp_path: Path, workflow: Workflow, times: int, pre_drain: str
) -> None:
    hooks = {"a.yaml": HOOK.format(url=workflow.url)}
    arguments = ("--pre-drain", pre_drain)
    with gateway(tmp_path, hooks, *arguments, prefix=("setsid",)) as running:
        for _ in range(times):
            os.killpg(running.process.pid, signal.SIGTERM)
        assert running.process.wait(20) == 0
        told = [line for line in running.all_lines() if line["level"] in ("warning", "error")]
        assert told == []


def _refuses(running: Gateway) -> bool:
    try:
        running.request("GET", "/-/livez")
    except httpx.TransportError:
        return True
    return False


def test_ctrl_c_reaches_every_process_and_ends_them_in_order(
    tmp_path: Path, workflow: Workflow
) -> None:
    with in_flight(tmp_path, workflow, "/gate", "--workers", "2") as (running, call):
        workers = running.workers()
        assert len(workers) == 2
        for process in (*workers, running.process.pid):
            os.kill(process, signal.SIGINT)
        workflow.gate.set()
        assert call.result() == 200
        assert running.process.wait(20) == 0
        assert "Traceback" not in running.output()
        assert not [line for line in running.all_lines() if line["level"] == "error"]
