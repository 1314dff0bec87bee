"""What orchestrators and operators ask the process."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import httpx

from tests.support.gateway import ADMIN, ADMIN_TOKEN, PLAIN, gateway
from tests.support.polling import until
from tests.support.workflow import Workflow

HOOK = "name: gate\nmethod: POST\nauthentication: none\nworkflow: {url}/gate\n"


def test_health_is_public_and_status_is_not_and_a_stop_ends_with_0(
    tmp_path: Path, workflow: Workflow
) -> None:
    with gateway(tmp_path, {"a.yaml": HOOK.format(url=workflow.url)}) as server:
        assert server.request("GET", "/-/livez").status_code == 200
        assert server.request("GET", "/-/readyz").json()["status"] == "ready"
        assert server.request("POST", "/-/livez").status_code == 405
        assert server.request("GET", "/-/nothing").status_code == 404
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": ADMIN_TOKEN}):
            assert server.request("GET", "/-/status", headers=headers).status_code == 401
        status = server.request("GET", "/-/status", headers=ADMIN).json()
        assert status["generation"] == 1
        assert [hook["state"] for hook in status["hooks"]] == ["serving"]
        assert len(status["digest"]) == 64
        assert server.stop() == 0
        assert "Traceback" not in server.output()


def test_a_drain_is_unready_at_once_and_finishes_what_is_in_flight(
    tmp_path: Path, workflow: Workflow
) -> None:
    workflow.gate.clear()
    answers: list[httpx.Response] = []
    hooks = {"a.yaml": HOOK.format(url=workflow.url)}
    with gateway(tmp_path, hooks, "--pre-drain", "1s") as server:
        caller = threading.Thread(
            target=lambda: answers.append(server.request("POST", "/hooks/gate"))
        )
        caller.start()
        until(lambda: any(seen.target == "/gate" for seen in workflow.received))
        server.process.send_signal(signal.SIGTERM)
        until(lambda: server.request("GET", "/-/readyz").status_code == 503)
        assert server.request("GET", "/-/livez").status_code == 200
        until(lambda: _refused(server.url))
        workflow.gate.set()
        caller.join(20)
        assert answers[0].json() == {"gate": "open"}
        assert server.process.wait(20) == 0


def _refused(url: str) -> bool:
    try:
        httpx.get(url + "/-/livez", timeout=5, verify=PLAIN)
    except httpx.TransportError:
        return True
    return False
