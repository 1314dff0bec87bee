"""A direct hook whose workflow is down answers at once; other hooks go on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.gateway import ADMIN, Gateway, gateway, write_files
from tests.support.polling import until
from tests.support.ports import free_port
from tests.support.workflow import Workflow

HOOK = "name: {name}\nmethod: POST\nauthentication: none\nworkflow: {url}\n"
PATHS = ("raw/down", "gate")
DOWN = f"http://127.0.0.1:{free_port()}/run/x"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    workflow.raws |= {"broken": b"", "down": b""}
    text = "---\n".join(
        (
            HOOK.format(name="down", url=DOWN),
            HOOK.format(name="broken", url=f"{workflow.url}/raw/broken"),
            HOOK.format(name="up", url=f"{workflow.url}/run/up"),
            HOOK.format(name="poison", url=f"{workflow.url}/status/500"),
            HOOK.format(name="huge", url=f"{workflow.url}/huge"),
        )
    )
    one = HOOK.format(name="one", url=f"{workflow.url}/{PATHS[0]}")
    with gateway(tmp_path_factory.mktemp("direct"), {"a.yaml": text, "one.yaml": one}) as found:
        yield found


def test_a_workflow_that_is_down_is_answered_503_at_once(running: Gateway) -> None:
    asked = [running.request("POST", "/hooks/down") for _ in range(12)]
    assert [answer.status_code for answer in asked] == [502] * 10 + [503] * 2
    assert 1 <= int(asked[-1].headers["retry-after"]) <= 6
    assert asked[-1].json()["type"] == "urn:webhook-gateway:unavailable"
    broken = [running.request("POST", "/hooks/broken").status_code for _ in range(12)]
    assert broken == [502] * 10 + [503] * 2
    poisoned = {running.request("POST", "/hooks/poison").status_code for _ in range(12)}
    assert poisoned == {502}
    assert {running.request("POST", "/hooks/huge").status_code for _ in range(12)} == {502}
    assert running.request("POST", "/hooks/up").status_code == 200
    line = running.wait_for_line(event="a workflow is left alone")
    assert (line["hook"], line["target"]) == ("down", DOWN.removesuffix("/run/x"))


def test_one_request_asks_whether_a_workflow_is_back_and_the_others_do_not_wait_for_it(
    running: Gateway, workflow: Workflow
) -> None:
    gate = HOOK.format(name="one", url=f"{workflow.url}/{PATHS[1]}")
    workflow.gate.clear()
    with ThreadPoolExecutor(1) as pool:
        while running.request("POST", "/hooks/one").status_code != 503:
            pass
        write_files(running.log.parent / "hooks.d", {"one.yaml": gate})
        running.operate("POST", "/-/reload", headers=ADMIN)
        workflow.received.clear()
        probe = pool.submit(_until_called, running)
        until(lambda: workflow.received)
        beside = [running.request("POST", "/hooks/one") for _ in range(10)]
        assert {answer.status_code for answer in beside} == {503}
        assert {"retry-after" in answer.headers for answer in beside} == {True}
        assert len(workflow.received) == 1
        workflow.gate.set()
        assert probe.result() == 200
        assert running.request("POST", "/hooks/one").status_code == 200


def _until_called(running: Gateway) -> int:
    """Ask again and again, until the workflow was called; its answer."""
    while (status := running.request("POST", "/hooks/one").status_code) == 503:
        time.sleep(0.05)
    return status
