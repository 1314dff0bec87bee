"""The operators' listener: it is theirs alone, and it answers whatever callers do."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.support.gateway import ADMIN, PLAIN, Gateway, gateway
from tests.support.polling import until
from tests.support.ports import free_port
from tests.support.raw import exchange
from tests.support.workflow import Workflow

HOOKS = {
    "a.yaml": "name: a\nauthentication: none\nworkflow: {url}/run/a\n",
    "b.yaml": "name: secret-name\nauthentication: {{type: bearer, tokens: [{{secret: nope}}]}}\n"
    "workflow: {url}/run/b\n",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    hooks = {name: text.format(url=workflow.url) for name, text in HOOKS.items()}
    directory = tmp_path_factory.mktemp("operators")
    with gateway(directory, hooks, "--workers", "2", operators=free_port()) as running:
        yield running


@pytest.mark.parametrize("path", ["livez", "readyz", "metrics", "status", "reload", "nothing"])
def test_callers_find_nothing_of_it_on_their_listener(served: Gateway, path: str) -> None:
    assert served.request("GET", f"/-/{path}", headers=ADMIN).status_code == 404
    assert served.request("POST", f"/-/{path}", headers=ADMIN).status_code == 404


def test_hooks_are_not_on_the_operators_listener(served: Gateway) -> None:
    assert served.request("GET", "/hooks/a").status_code == 200
    assert served.operate("GET", "/hooks/a").status_code == 404


@pytest.mark.parametrize("path", ["/-/livez", "/-/readyz"])
@pytest.mark.parametrize(
    "request_line",
    [
        "GET {} HTTP/1.0\r\n\r\n",
        "HEAD {} HTTP/1.0\r\n\r\n",
        "HEAD {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET {} HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n",
    ],
)
def test_a_probe_need_not_be_modern(served: Gateway, path: str, request_line: str) -> None:
    port = int(served.operators_url.rpartition(":")[2])
    assert exchange(port, request_line.format(path).encode()).status == 200


def test_names_of_hooks_are_told_to_the_token_alone(served: Gateway) -> None:
    ready = served.operate("GET", "/-/readyz")
    assert ready.json() == {"status": "ready", "stale": 0, "out_of_service": 1}
    assert served.operate("GET", "/-/status").status_code == 401
    status = served.operate("GET", "/-/status", headers=ADMIN).json()
    states = {hook["name"]: (hook["state"], hook["problems"]) for hook in status["hooks"]}
    assert states == {
        "a": ("serving", []),
        "secret-name": ("out of service", ["secret 'nope' is missing"]),
    }
    assert len(status["workers"]) == 2


def test_a_reload_answers_when_every_worker_serves_it(served: Gateway, workflow: Workflow) -> None:
    before = served.operate("GET", "/-/status", headers=ADMIN).json()["generation"]
    directory = Path(served.log.parent) / "hooks.d"
    (directory / "c.yaml").write_text(
        HOOKS["a.yaml"].format(url=workflow.url).replace(": a", ": c")
    )
    answer = served.operate("POST", "/-/reload", headers=ADMIN)
    assert answer.status_code == 200
    assert {one["generation"] for one in answer.json()["workers"]} == {before + 1}
    assert {served.request("GET", "/hooks/c").status_code for _ in range(10)} == {200}


def count(served: Gateway, name: str) -> float:
    """The sum of a metric's samples."""
    lines = served.operate("GET", "/-/metrics").text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


def test_one_scrape_counts_every_request_whichever_worker_answered(served: Gateway) -> None:
    before = count(served, 'gateway_requests_total{hook="a"')
    for _ in range(30):
        assert served.request("GET", "/hooks/a").status_code == 200
    # A request is counted right after its answer was sent.
    until(lambda: count(served, 'gateway_requests_total{hook="a"') == before + 30)


def test_counts_stay_when_a_worker_is_killed(served: Gateway) -> None:
    before = count(served, 'gateway_requests_total{hook="a"') + 20
    for _ in range(20):
        served.request("GET", "/hooks/a")
    until(lambda: count(served, 'gateway_requests_total{hook="a"') == before)
    victim, *_ = served.workers()
    os.kill(victim, signal.SIGKILL)
    until(lambda: count(served, "gateway_worker_ends_total") >= 1)
    assert count(served, 'gateway_requests_total{hook="a"') == before
    until(lambda: count(served, "gateway_workers ") == 2)


def test_strangers_make_no_series(served: Gateway) -> None:
    def series() -> int:
        return len(served.operate("GET", "/-/metrics").text.splitlines())

    served.request("GET", "/first")
    before = series()
    for path in ("/x", "/y/z", "/hooks/nobody"):
        for method in ("GET", "BREW", "POST"):
            served.request(method, path, headers={"X-Event": path})
    assert series() == before


def test_probes_are_answered_while_thousands_of_connections_are_silent(served: Gateway) -> None:
    with ExitStack() as silent:
        for _ in range(1500):
            silent.enter_context(socket.create_connection(("127.0.0.1", served.port)))
        assert served.operate("GET", "/-/livez").status_code == 200
        assert served.operate("GET", "/-/readyz").status_code == 200
        assert served.request("GET", "/hooks/a").status_code == 200


def test_probes_are_answered_beside_more_silent_connections_than_their_port_takes(
    served: Gateway,
) -> None:
    port = int(served.operators_url.rpartition(":")[2])
    with ExitStack() as silent:
        for _ in range(900):
            silent.enter_context(socket.create_connection(("127.0.0.1", port)))
        for path in ("/-/livez", "/-/readyz"):
            probe = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            assert exchange(port, probe.encode()).status == 200


def test_a_stop_is_not_ready_at_once(tmp_path: Path, workflow: Workflow) -> None:
    hooks = {"a.yaml": HOOKS["a.yaml"].format(url=workflow.url)}
    with gateway(tmp_path, hooks, "--pre-drain", "30s", operators=free_port()) as running:
        running.process.send_signal(signal.SIGTERM)
        until(lambda: running.operate("GET", "/-/readyz").status_code == 503)
        assert running.operate("GET", "/-/livez").status_code == 200
        assert running.request("GET", "/hooks/a").status_code == 200
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(20) == 0


def test_a_taken_address_is_told_with_the_remedy(tmp_path: Path, workflow: Workflow) -> None:
    hooks = {"a.yaml": HOOKS["a.yaml"].format(url=workflow.url)}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with gateway(tmp_path, hooks, operators=port, ready=False) as running:
            assert running.process.wait(20) == 2
            assert "choose another with --admin-listen" in running.log.read_text()


def test_an_operator_who_reads_nothing_holds_up_nobody(served: Gateway) -> None:
    port = int(served.operators_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as greedy:
        greedy.sendall(b"GET /-/metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 200)
        url = served.operators_url + "/-/livez"
        assert httpx.get(url, timeout=5, verify=PLAIN).status_code == 200
