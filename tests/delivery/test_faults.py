"""Whatever is killed, stopped or damaged: what was promised is delivered, and the rest is said."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.delivery.ledger import Callers, all_delivered, store_of
from tests.delivery.site import delivering, hook
from tests.support.gateway import Gateway
from tests.support.polling import until
from tests.support.ports import free_port
from tests.support.workflow import Workflow

DIRECT = "name: direct\nmethod: POST\nauthentication: none\nworkflow: {url}/run/direct\n"


def text(workflow: Workflow, **more: str) -> str:
    durable = hook("durable", f"{workflow.url}/run/durable", **more)
    return f"{durable}---\n{DIRECT.format(url=workflow.url)}"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    """One for the tests after which it is as it was."""
    directory = tmp_path_factory.mktemp("faults")
    with delivering(directory, workflow, text=text(workflow)) as found:
        yield found


def answers(running: Gateway, name: str) -> int:
    return running.request("POST", f"/hooks/{name}").status_code


def ready(running: Gateway) -> tuple[str, str | None]:
    """What probes are told of the gateway, and of its store."""
    told = running.request("GET", "/-/readyz").json()
    return told["status"], told.get("store")


def noticed(running: Gateway) -> None:
    """Stop its store: that is told without a request for a run, until it goes on."""

    def told() -> str | None:
        found: str | None = running.operate("GET", "/-/readyz").json().get("store")
        return found

    until(lambda: answers(running, "durable") == 202)
    store = store_of(running.log.parent)
    os.kill(store, signal.SIGSTOP)
    try:
        until(lambda: told() == "unavailable")
        running.wait_for_line(event="the store does not answer", process=store)
    finally:
        os.kill(store, signal.SIGCONT)
    until(lambda: told() is None)
    assert len(running.lines("the store does not answer")) == 1


def test_a_store_that_does_not_answer_is_noticed_though_nobody_asks_it(running: Gateway) -> None:
    noticed(running)


def test_operators_who_have_their_own_listener_notice_it_too(
    tmp_path: Path, workflow: Workflow
) -> None:
    operators = free_port()
    with delivering(tmp_path, workflow, text=text(workflow), operators=operators) as running:
        noticed(running)


def test_a_store_that_does_not_answer_promises_nothing_and_direct_hooks_do_not_notice(
    running: Gateway,
) -> None:
    assert answers(running, "durable") == 202
    store = store_of(running.log.parent)
    os.kill(store, signal.SIGSTOP)
    try:
        refused = running.request("POST", "/hooks/durable")
        assert answers(running, "direct") == 200
        assert ready(running) == ("ready", "unavailable")
    finally:
        os.kill(store, signal.SIGCONT)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
    assert refused.json()["type"] == "urn:webhook-gateway:store-unavailable"
    until(lambda: answers(running, "durable") == 202)
    assert ready(running) == ("ready", None)


def test_probes_are_told_that_a_store_does_not_come_back(running: Gateway) -> None:
    lock = running.log.parent / "state" / "runs.lock"
    store = store_of(running.log.parent)
    lock.unlink()
    lock.mkdir()
    os.kill(store, signal.SIGKILL)
    until(lambda: ready(running) == ("ready", "unavailable"))
    lock.rmdir()
    until(lambda: ready(running) == ("ready", None))


def test_a_gateway_whose_supervisor_was_killed_is_followed_by_the_next_at_once(
    tmp_path: Path, workflow: Workflow
) -> None:
    workflow.received.clear()
    with delivering(tmp_path, workflow, text=text(workflow)) as running:
        callers = Callers(running, "/hooks/durable")
        callers.until(100)
        running.process.kill()
        running.process.wait()
        callers.stop()
    with delivering(tmp_path, workflow, text=text(workflow)) as after:
        until(lambda: answers(after, "durable") == 202)
        all_delivered(workflow, "/run/durable", callers.promised)


def test_runs_of_a_hook_that_is_removed_wait_until_it_is_back(
    tmp_path: Path, workflow: Workflow
) -> None:
    workflow.received.clear()
    written = hook("durable", f"{workflow.url}/flaky/2", delivery="retry: {after: [1s, 1s, 1s]}")
    direct = DIRECT.format(url=workflow.url)
    workflow.flaky = 0
    with delivering(tmp_path, workflow, text=f"{direct}---\n{written}") as running:
        run = running.request("POST", "/hooks/durable").json()["run"]
        running.wait_for_line(event="attempt", run=run, outcome="retry")
        file = tmp_path / "hooks.d" / "hooks.yaml"
        file.write_text(direct)
        until(lambda: running.request("GET", "/hooks/durable").status_code == 404)
        calls = len(workflow.received)
        file.write_text(f"{direct}---\n{written}")
        assert running.wait_for_line(event="run ended", run=run)["state"] == "succeeded"
        assert len([one for one in workflow.received if one.target == "/flaky/2"]) == calls + 1
