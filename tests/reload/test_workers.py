"""Several workers serve the same generations, whatever happens to one of them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.reload.site import Site, eventually, site
from tests.support.workflow import Workflow


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Site]:
    directory = tmp_path_factory.mktemp("workers")
    with site(directory, workflow, "--workers", "2", hooks={"a": "1"}) as found:
        yield found


def generations(served: Site) -> dict[int, int]:
    """Process → generation."""
    return {one["process"]: one["generation"] for one in served.status()["workers"]}


def test_a_reload_answers_when_all_workers_serve_it(served: Site) -> None:
    for version in ("2", "3", "4"):
        served.write("a", version)
        found = served.reload()
        assert found.status_code == 200
        reached = {one["generation"] for one in found.json()["workers"]}
        assert reached == {found.json()["generation"]}
        assert {served.answer("a") for _ in range(20)} == {version}
    assert len(generations(served)) == 2


def test_a_worker_that_ends_is_replaced_and_serves_what_the_others_do(served: Site) -> None:
    served.write("a", "5")
    served.answers(a="5")
    victim, *_ = served.gateway.workers()
    os.kill(victim, signal.SIGKILL)

    def replaced() -> bool:
        try:
            found = generations(served)
        except httpx.TransportError:
            return False
        return victim not in found and len(set(found.values()) - {0}) == len(set(found.values()))

    eventually(replaced)
    assert served.gateway.lines("a worker ended unexpectedly; another one is started")
    served.write("a", "6")
    assert served.reload().status_code == 200
    assert {served.answer("a") for _ in range(20)} == {"6"}
    assert len(set(generations(served).values())) == 1


def test_a_hang_up_makes_the_supervisor_look_again_and_ends_no_worker(served: Site) -> None:
    before = served.gateway.workers()
    for process in (*before, served.gateway.process.pid):
        os.kill(process, signal.SIGHUP)
    served.write("a", "7")
    os.kill(served.gateway.process.pid, signal.SIGHUP)
    served.answers(a="7")
    assert served.gateway.workers() == before


def test_workers_end_when_their_supervisor_is_gone(tmp_path: Path, workflow: Workflow) -> None:
    arguments = ("--workers", "2", "--drain", "3s")
    with site(tmp_path, workflow, *arguments, hooks={"a": "1"}) as served:
        workers = served.gateway.workers()
        assert len(workers) == 2
        served.gateway.process.kill()
        served.gateway.process.wait()
        for worker in workers:
            eventually(partial(_ended, worker))


def _ended(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0] == "Z"
    except FileNotFoundError:
        return True
