"""Reloading while requests arrive: none fails, none is answered by half of a set."""

from __future__ import annotations

import threading
import time
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.reload.calling import agreeing, callers
from tests.reload.site import eventually, site
from tests.reload.volumes import Volume
from tests.support.thorough import THOROUGH
from tests.support.workflow import Workflow

RELOADS = 20 if THOROUGH else 6
SLOW = """\
name: gate
authentication: none
workflow: {{url: "{url}/gate", timeout: 30s}}
"""
NAMES = [f"agree-{number}" for number in range(6)]


@pytest.mark.parametrize("workers", [1, 2])
def test_no_request_fails_or_sees_a_torn_set_while_reload_follows_reload(
    tmp_path: Path, workflow: Workflow, workers: int
) -> None:
    volume = Volume(tmp_path / "hooks.d")
    with site(tmp_path, workflow, "--workers", str(workers), ready=False) as served:
        volume.write(agreeing(NAMES, 1, workflow.url + "/run/x"))
        eventually(lambda: served.client.get("/hooks/fresh-1").status_code == 200)
        served.settled()
        with callers(served.gateway.url, NAMES, 4) as found:
            for version in range(2, RELOADS + 1):
                volume.write(agreeing(NAMES, version, workflow.url + "/run/x"))
                report = served.reload().json()
                assert {one["generation"] for one in report["workers"]} == {version}
        assert [caller.wrong for caller in found] == [[]] * 4
        assert sum(caller.answers for caller in found) > RELOADS * len(NAMES)
        assert served.status()["generation"] == RELOADS


def test_a_request_in_flight_finishes_over_a_reload_that_deletes_its_hook(
    tmp_path: Path, workflow: Workflow
) -> None:
    workflow.gate.clear()
    answers: list[httpx.Response] = []
    with site(tmp_path, workflow, hooks={"steady": "1"}) as served:
        path = served.root / "gate.yaml"
        path.write_text(SLOW.format(url=workflow.url))
        assert served.reload().status_code == 200
        seen = len(workflow.received)

        def call() -> None:
            answers.append(served.gateway.request("GET", "/hooks/gate"))

        caller = threading.Thread(target=call)
        caller.start()
        eventually(lambda: any(one.target == "/gate" for one in workflow.received[seen:]))
        path.unlink()
        assert served.reload().status_code == 200
        assert (served.answer("gate"), served.answer("steady")) == ("404", "1")
        # Whatever only the generation before holds is gone by then.
        served.write("steady", "2")
        served.answers(steady="2")
        workflow.gate.set()
        caller.join(20)
        assert answers[0].json() == {"gate": "open"}


def test_a_storm_of_changes_ends_with_what_is_there(tmp_path: Path, workflow: Workflow) -> None:
    with site(tmp_path, workflow, hooks={"a": "0"}) as served:
        deadline = time.monotonic() + (4 if THOROUGH else 1)
        version = 0
        while time.monotonic() < deadline:
            version += 1
            served.write("a", str(version))
            time.sleep(0.01)
        eventually(partial(served.answer, "a"), str(version).__eq__)
        assert served.status()["generation"] < version
