"""Alerts and dashboard, tried with a real Prometheus that scrapes real gateways of both engines."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.delivery.site import accepted, hook, sharing
from tests.deploy.prometheus import ALERTS, Prometheus, installed, prometheus, queries, rules
from tests.runs.postgres.databases import fresh
from tests.support.gateway import Gateway, gateway
from tests.support.polling import until
from tests.support.ports import free_port
from tests.support.postgres import PASSWORD, server
from tests.support.workflow import Workflow

SECRETS = {"c": "the-right-token", "database": PASSWORD}
OF_ONE_ENGINE = ("store_oldest_xmin_seconds", "store_wal_bytes", "store_limit_bytes")
"""What the other engine has not."""
Scraped = tuple[Gateway, Prometheus]


def hooks(url: str) -> str:
    """One hook of each kind; the workflow of `late` is down."""
    bearer = "authentication: {type: bearer, tokens: [{secret: c}]}"
    return "---\n".join(
        (
            f"name: a\nauthentication: none\nworkflow: {url}/run/a\n",
            f"name: b\nauthentication: none\nworkflow: {url}/status/500\n",
            f"name: c\n{bearer}\nworkflow: {url}/run/c\n",
            hook("d", f"{url}/run/d"),
            hook("late", f"{url}/status/503", delivery="retry: {after: [1h]}"),
        )
    )


@contextmanager
def on_a_disk(directory: Path, workflow: Workflow) -> Iterator[Scraped]:
    """A gateway with a state directory, and its Prometheus."""
    installed("prometheus")
    admin, state = free_port(), ("--state", str(directory / "state"))
    written = {"hooks.yaml": hooks(workflow.url)}
    with (
        gateway(directory, written, *state, secrets=SECRETS, operators=admin) as served,
        prometheus(directory, admin) as found,
    ):
        yield served, found


@contextmanager
def in_a_database(directory: Path, workflow: Workflow) -> Iterator[Scraped]:
    """One of two gateways that share a database, and the Prometheus of both."""
    installed("prometheus")
    ports = free_port(), free_port()
    url, text = server().url(asyncio.run(fresh())), hooks(workflow.url)

    def another(port: int) -> AbstractContextManager[Gateway]:
        place = directory / str(port)
        return sharing(place, workflow, text=text, url=url, secrets=SECRETS, operators=port)

    with (
        another(ports[0]) as served,
        another(ports[1]),
        prometheus(directory, *ports) as found,
    ):
        yield served, found


@pytest.fixture(scope="module", params=[on_a_disk, in_a_database])
def scraped(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, workflow: Workflow
) -> Iterator[Scraped]:
    """One of each engine. At first all is well with it."""
    with request.param(tmp_path_factory.mktemp("scraped"), workflow) as found:
        yield found


def succeed(served: Gateway) -> None:
    """Requests that are as they should be."""
    served.request("GET", "/hooks/a")
    served.request("POST", "/hooks/d", json={})
    served.request("GET", "/hooks/c", headers={"Authorization": "Bearer the-right-token"})


def fail(served: Gateway) -> None:
    """Requests that fail."""
    served.request("GET", "/hooks/b")
    served.request("GET", "/hooks/c", headers={"Authorization": "Bearer wrong"})


def are_counted(served: Gateway, found: Prometheus) -> bool:
    """Send more of those that succeed; whether two scrapes have seen them."""
    succeed(served)
    ended = "rate(gateway_run_latency_seconds_count[10s]) > 0"
    return found.has('rate(gateway_authentication_total{result="accepted"}[10s]) > 0') and (
        found.has(ended)
    )


def test_promtool_takes_the_alerts() -> None:
    done = subprocess.run(
        [installed("promtool"), "check", "rules", str(ALERTS)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_alert_is_about_a_gateway_that_is_well(scraped: Scraped) -> None:
    served, found = scraped
    until(lambda: are_counted(served, found))
    assert {rule["alert"] for rule in rules() if found.query(rule["expr"])} == set()


def test_a_stored_run_is_counted_once_by_the_dashboard(scraped: Scraped) -> None:
    (query,) = (query for title, query in queries() if title == "Stored runs by state")
    served, found = scraped

    def waiting() -> float:
        by_state = {one["metric"]["state"]: float(one["value"][1]) for one in found.query(query)}
        return by_state.get("queued", 0)

    for _ in range(3):
        accepted(served, "late", json={})
    until(lambda: found.has("count(count by (instance) (gateway_runs)) == count(up)"))
    until(lambda: waiting() == 3)


def test_every_panel_and_every_alert_finds_its_series(scraped: Scraped) -> None:
    served, found = scraped

    def both() -> bool:
        fail(served)
        failed = 'rate(gateway_requests_total{outcome="failed"}[10s]) > 0'
        refused = "rate(gateway_refused_total[10s]) > 0"
        return are_counted(served, found) and found.has(failed) and found.has(refused)

    until(both)
    empty = [query for _, query in queries() if not found.query(query)]
    assert not [query for query in empty if not _is_of_one_engine(query)]
    for rule in rules():
        found.query(rule["expr"])
        missing = [one for one in _metrics(rule["expr"]) if not found.has(one)]
        assert not [one for one in missing if not _is_of_one_engine(one)], rule["alert"]


def _is_of_one_engine(text: str) -> bool:
    return any(name in text for name in OF_ONE_ENGINE)


def _metrics(expression: str) -> list[str]:
    """The metrics of the gateway in an expression, as selectors of all their series."""
    names = re.findall(r"(gateway_\w+?)(?:_total)?\b", expression)
    return ['{__name__=~"' + name + '.*"}' for name in names]
