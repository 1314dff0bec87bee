"""Reloading while requests arrive: none fails, none is answered by half of a set."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.reload.site import Site, eventually, site
from tests.reload.volumes import Volume
from tests.support.workflow import Workflow

FILES = 6
RELOADS = 20
SLOW = """\
name: gate
authentication: none
workflow: {{url: "{url}/gate", timeout: 30s}}
"""
NAMES = [f"agree-{number}" for number in range(FILES)]


def agreeing(served: Site, version: int) -> dict[str, str]:
    """A hook a file, all of one version, and one that only this version has."""
    texts = {f"{name}.yaml": served.text(name, str(version)) for name in NAMES}
    return {**texts, f"only-{version}.yaml": served.text(f"only-{version}")}


class Caller(threading.Thread):
    """Calls the hooks in turn on one connection, which stays with one worker: a version that is
    older than one seen before was answered by a torn set.
    """

    def __init__(self, url: str, stop: threading.Event) -> None:
        super().__init__()
        self.url = url
        self.stop = stop
        self.answers = 0
        self.wrong: list[str] = []

    def run(self) -> None:
        newest = 0
        with httpx.Client(base_url=self.url, timeout=30) as client:
            while not self.stop.is_set():
                for name in NAMES:
                    newest = self._call(client, name, newest)

    def _call(self, client: httpx.Client, name: str, newest: int) -> int:
        try:
            found = client.get(f"/hooks/{name}")
        except httpx.TransportError as error:
            self.wrong.append(repr(error))
            return newest
        self.answers += 1
        if found.status_code != 200:
            self.wrong.append(f"{name}: {found.status_code}")
            return newest
        version = int(found.json()["workflow"].rpartition("-")[2])
        if version < newest:
            self.wrong.append(f"{name} is of version {version} after one of version {newest}")
        return max(version, newest)


@contextmanager
def callers(served: Site, count: int) -> Iterator[list[Caller]]:
    stop = threading.Event()
    found = [Caller(served.gateway.url, stop) for _ in range(count)]
    for caller in found:
        caller.start()
    try:
        yield found
    finally:
        stop.set()
        for caller in found:
            caller.join()


@pytest.mark.parametrize("workers", [1, 2])
def test_no_request_fails_or_sees_a_torn_set_while_reload_follows_reload(
    tmp_path: Path, workflow: Workflow, workers: int
) -> None:
    volume = Volume(tmp_path / "hooks.d")
    with site(tmp_path, workflow, "--workers", str(workers), ready=False) as served:
        volume.write(agreeing(served, 1))
        served.answers(**dict.fromkeys(NAMES, "1"))
        with callers(served, 4) as found:
            for version in range(2, RELOADS + 1):
                volume.write(agreeing(served, version))
                report = served.reload().json()
                assert {one["generation"] for one in report["workers"]} == {version}
        assert [caller.wrong for caller in found] == [[]] * 4
        assert sum(caller.answers for caller in found) > RELOADS * FILES
        assert served.status()["generation"] == RELOADS


def test_a_request_in_flight_finishes_over_a_reload_that_deletes_its_hook(
    tmp_path: Path, workflow: Workflow
) -> None:
    workflow.gate.clear()
    answers: list[httpx.Response] = []
    with site(tmp_path, workflow, hooks={"steady": "1"}) as served:
        path = served.root / "gate.yaml"
        path.write_text(SLOW.format(url=workflow.url))
        assert served.reload().json()["changed"]
        seen = len(workflow.received)

        def call() -> None:
            answers.append(served.gateway.request("GET", "/hooks/gate"))

        caller = threading.Thread(target=call)
        caller.start()
        eventually(lambda: any(one.target == "/gate" for one in workflow.received[seen:]))
        path.unlink()
        assert served.reload().json()["changed"]
        assert (served.answer("gate"), served.answer("steady")) == ("404", "1")
        # Whatever only the generation before holds is gone by then.
        served.write("steady", "2")
        served.answers(steady="2")
        workflow.gate.set()
        caller.join(20)
        assert answers[0].json() == {"gate": "open"}


def test_a_storm_of_changes_ends_with_what_is_there(tmp_path: Path, workflow: Workflow) -> None:
    with site(tmp_path, workflow, hooks={"a": "0"}) as served:
        deadline = time.monotonic() + 4
        version = 0
        while time.monotonic() < deadline:
            version += 1
            served.write("a", str(version))
            time.sleep(0.01)
        eventually(partial(served.answer, "a"), str(version).__eq__)
        assert served.status()["generation"] < version
