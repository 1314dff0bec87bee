"""Gateways that share a database: whatever is killed or stopped, what was promised is delivered."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.delivery.ledger import Callers, all_delivered, delivered
from tests.delivery.site import accepted, hook, outcome, sharing
from tests.delivery.test_faults import answers, text
from tests.runs.postgres.databases import Template, fresh, value
from tests.support.gateway import ADMIN_TOKEN, Gateway
from tests.support.polling import until
from tests.support.ports import free_port
from tests.support.postgres import PASSWORD, Server, server
from tests.support.workflow import Workflow

BACK = 20.0
"""Seconds from a server's return until runs are accepted, on a machine however busy."""
SOON = 15.0
"""Seconds within which a caller is told that nothing is promised, on such a machine."""
pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def own() -> Iterator[Server]:
    """A server that may be killed."""
    own = Server().start()
    yield own
    own.close()


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, workflow: Workflow, own: Server
) -> Iterator[Gateway]:
    """A gateway with a database of that server."""
    directory, url = tmp_path_factory.mktemp("own"), own.url(asyncio.run(Template().copy(own)))
    with sharing(directory, workflow, text=text(workflow), url=url) as found:
        yield found


@pytest.fixture(scope="module")
def two(
    tmp_path_factory: pytest.TempPathFactory, workflow: Workflow
) -> Iterator[tuple[Gateway, Gateway]]:
    """Two gateways that share a database, for tests that disturb neither."""
    directory, shared = tmp_path_factory.mktemp("two"), server().url(asyncio.run(fresh()))
    written = "---\n".join(
        (
            hook("plain", f"{workflow.url}/run/plain"),
            hook("dead", f"{workflow.url}/status/422"),
            hook("counted", f"{workflow.url}/run/counted"),
        )
    )
    with (
        sharing(directory / "one", workflow, text=written, url=shared) as one,
        sharing(directory / "two", workflow, "--workers", "2", text=written, url=shared) as other,
    ):
        yield one, other


@contextmanager
def calling(running: Gateway, path: str, count: int = 8) -> Iterator[Callers]:
    callers = Callers(running, path, count)
    try:
        yield callers
    finally:
        callers.stop()


def ask(running: Gateway, method: str, path: str, **more: Any) -> httpx.Response:
    """What an operator is told."""
    return running.operate(method, path, headers={"Authorization": f"Bearer {ADMIN_TOKEN}"}, **more)


def test_runs_of_a_gateway_that_is_killed_are_delivered_by_the_other(
    tmp_path: Path, workflow: Workflow
) -> None:
    shared = server().url(asyncio.run(fresh()))
    written = text(workflow)
    with (
        sharing(tmp_path / "one", workflow, text=written, url=shared) as one,
        sharing(tmp_path / "two", workflow, text=written, url=shared) as two,
    ):
        with calling(one, "/hooks/durable") as first, calling(two, "/hooks/durable") as second:
            first.until(100)
            second.until(100)
            for worker in one.workers():
                os.kill(worker, signal.SIGKILL)
            os.kill(one.process.pid, signal.SIGKILL)
            second.until(100)
        promised = {**first.promised, **second.promised}
        seen = all_delivered(workflow, "/run/durable", promised)
        again = Counter({run: count for run, count in seen.items() if count > 1})
        # In flight when the gateway was killed.
        assert len(again) <= 128
        assert max(again.values(), default=2) == 2


def test_any_gateway_tells_what_became_of_a_run(two: tuple[Gateway, Gateway]) -> None:
    one, other = two
    kept = accepted(one, "plain", json={})
    told = outcome(other, kept.headers["location"])
    assert (told["status"], told["run"]) == ("succeeded", kept.json()["run"])


def test_nothing_that_was_promised_is_lost_with_a_database_that_is_killed(
    workflow: Workflow, own: Server, running: Gateway
) -> None:
    costs_503s_alone(running, workflow, own.kill, own.start)


def costs_503s_alone(
    running: Gateway, workflow: Workflow, begin: Callable[[], object], end: Callable[[], object]
) -> None:
    """A fault under load: callers are told in time, direct hooks go on, and no promise is lost."""
    with calling(running, "/hooks/durable") as callers:
        callers.until(50)
        begin()
        until(lambda: callers.refused[503] > 0)
        begun = time.monotonic()
        assert answers(running, "durable") == 503
        assert time.monotonic() - begun < SOON
        assert answers(running, "direct") == 200
        end()
        back = time.monotonic()
        callers.until(1)
        assert time.monotonic() - back < BACK
        callers.until(50)
    assert set(callers.refused) <= {503}
    assert callers.broken == 0
    all_delivered(workflow, "/run/durable", callers.promised)


def test_a_database_that_stands_still_holds_up_no_caller_for_long(
    own: Server, running: Gateway
) -> None:
    accepted(running, "durable")
    own.pause()
    try:
        begun = time.monotonic()
        assert answers(running, "durable") == 503
        assert time.monotonic() - begun < SOON
        assert answers(running, "direct") == 200
    finally:
        own.go_on()
    back = time.monotonic()
    until(lambda: answers(running, "durable") == 202)
    assert time.monotonic() - back < BACK


def test_a_wrong_password_takes_durable_hooks_out_of_service_until_it_is_corrected(
    tmp_path: Path, workflow: Workflow
) -> None:
    written = text(workflow)
    with sharing(tmp_path, workflow, text=written, secrets={"database": "hunter2"}) as running:
        assert (answers(running, "durable"), answers(running, "direct")) == (503, 200)
        line = running.wait_for_line(event="the store cannot be used")
        assert "--store-password" in line["reason"]
        until(lambda: _type(running) == "urn:webhook-gateway:store-unavailable")
        assert not running.lines("runs are stored")
        until(lambda: "--store-password" in _problem(running))
        assert "hunter2" not in running.output()
        (tmp_path / "secrets" / "database").write_text(PASSWORD)
        until(lambda: answers(running, "durable") == 202)
        running.wait_for_line(event="the store can be used again")


def _type(running: Gateway) -> str:
    """The kind of the refusal that a caller of the durable hook gets."""
    return str(running.request("POST", "/hooks/durable", json={}).json().get("type"))


def test_a_gateway_says_once_where_its_runs_are_and_what_they_survive(
    tmp_path: Path, workflow: Workflow
) -> None:
    name = asyncio.run(fresh())
    there = "SELECT count(*) FROM gateway.owner"
    written, url = text(workflow), server().url(name)
    with sharing(tmp_path, workflow, "--workers", "3", text=written, url=url) as running:
        until(lambda: asyncio.run(value(server(), name, there)) == 3)
        until(lambda: answers(running, "durable") == 202)
        [line] = running.lines("runs are stored")
        assert line["database"].startswith("postgres://127.0.0.1:")
        assert (line["schema"], line["standbys"]) == ("gateway", "none")
        assert line["version"].split(".")[0].isdigit()
        assert PASSWORD not in running.output()
        [warning] = [one for one in running.all_lines() if "one server alone" in one["event"]]
        assert warning["database"] == line["database"]


def _problem(running: Gateway) -> str:
    hooks = ask(running, "GET", "/-/status").json()["hooks"]
    [found] = [one for one in hooks if one["name"] == "durable"]
    return " ".join(found.get("problems", []))


def test_operators_find_replay_and_cancel_the_runs_of_all_gateways(
    tmp_path: Path, workflow: Workflow, two: tuple[Gateway, Gateway]
) -> None:
    run, running = accepted(two[0], "dead", json={}).json()["run"], two[1]

    def state() -> str:
        return str(ask(running, "GET", f"/-/runs/{run}").json()["state"])

    until(lambda: state() == "dead")
    listed = ask(running, "GET", "/-/runs?state=dead").json()["runs"]
    assert run in [one["run"] for one in listed]
    assert ask(running, "POST", f"/-/runs/{run}/replay", json={}).status_code == 200
    until(lambda: delivered(workflow, "/status/422")[run] == 2)
    store = ask(running, "GET", "/-/status").json()["store"]
    assert (store["state"], store["engine"]) == ("serving", "postgres")
    assert (store["bytes_limit"], store["wal_bytes"]) == (None, None)
    refused = ask(running, "POST", "/-/runs/backup", json={"file": str(tmp_path / "copy")})
    assert "pg_dump" in refused.json()["detail"]


def metric(running: Gateway, name: str) -> float:
    """The present number of a series."""
    lines = ask(running, "GET", "/-/metrics").text.splitlines()
    found = [float(line.split()[-1]) for line in lines if line.startswith(f"{name} ")]
    return found[0] if found else 0.0


def test_what_workers_count_is_in_the_metrics_of_their_gateway(
    two: tuple[Gateway, Gateway],
) -> None:
    one, other = two
    for _ in range(5):
        accepted(other, "counted")

    # What was answered 503 may be stored nevertheless. Either gateway may deliver it.
    until(lambda: metric(other, 'gateway_runs_accepted_total{hook="counted"}') >= 5, 40)
    ended = 'gateway_runs_finished_total{hook="counted",state="succeeded"}'
    until(lambda: metric(one, ended) + metric(other, ended) >= 5, 40)
    until(lambda: metric(other, "gateway_store_up") == 1)


@pytest.mark.parametrize("own_listener", [False, True])
def test_a_run_that_an_operator_ends_is_counted_once(
    tmp_path: Path, workflow: Workflow, own_listener: bool
) -> None:
    operators = free_port() if own_listener else None
    written = hook("ended", f"{workflow.url}/status/503", delivery="retry: {after: [1h]}")
    with sharing(
        tmp_path, workflow, "--workers", "2", text=written, operators=operators
    ) as running:
        for _ in range(4):
            run = accepted(running, "ended", json={}).json()["run"]
            done = ask(running, "POST", f"/-/runs/{run}/cancel", json={})
            assert done.status_code == 200, done.text
        ended = 'gateway_runs_finished_total{hook="ended",state="cancelled"}'
        until(lambda: metric(running, ended) >= 4, 40)
        again = 'gateway_runs_accepted_total{hook="ended"}'
        before = metric(running, again)
        accepted(running, "ended", json={})
        until(lambda: metric(running, again) > before, 40)  # every worker has told its counts anew
        assert metric(running, ended) == 4
