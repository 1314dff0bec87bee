"""Files that were damaged while nobody watched: what is missing is said, and nothing is removed."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.delivery.site import delivering, hook
from tests.faults.damage import overwrite_payloads
from tests.support.command import run as command
from tests.support.gateway import ADMIN, Gateway
from tests.support.polling import until
from tests.support.workflow import Workflow

RUNS = 40


@pytest.fixture(scope="module")
def workflow() -> Iterator[Workflow]:
    """A workflow endpoint."""
    endpoint = Workflow().start()
    yield endpoint
    endpoint.stop()


def text(workflow: Workflow) -> str:
    durable = hook("durable", f"{workflow.url}/run/durable")
    later = hook("later", f"{workflow.url}/status/503", delivery="retry: {after: [1h, 1h]}")
    direct = f"name: direct\nmethod: POST\nauthentication: none\nworkflow: {workflow.url}/run\n"
    return "---\n".join((durable, later, direct))


def answers(running: Gateway, name: str) -> int:
    return running.request("POST", f"/hooks/{name}").status_code


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Path:
    """The state of a gateway that had runs to deliver, and was killed with all of its processes."""
    directory = tmp_path_factory.mktemp("killed")
    with delivering(directory, workflow, text=text(workflow)) as running:
        for _ in range(RUNS):
            assert answers(running, "later") == 202
        store = int((directory / "state" / "runs.lock").read_text())
        for process in (running.process.pid, store, *running.workers()):
            os.kill(process, signal.SIGKILL)
        until(lambda: not Path(f"/proc/{store}").exists())
    return directory / "state"


@pytest.fixture
def state(killed: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    (killed / "runs.sock").unlink(missing_ok=True)
    return Path(shutil.copytree(killed, tmp_path / "state"))


def cut(log: Path) -> None:
    os.truncate(log, log.stat().st_size // 2 // 4096 * 4096 + 1000)


def flip(log: Path) -> None:
    with log.open("r+b") as file:
        file.seek(log.stat().st_size // 2)
        [byte] = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1]))


@pytest.mark.parametrize("damage", [cut, flip, Path.unlink])
def test_what_a_damaged_log_has_lost_is_said_and_the_rest_is_kept(
    state: Path, workflow: Workflow, damage: Callable[[Path], None]
) -> None:
    damage(state / "runs.db-wal")
    with delivering(state.parent, workflow, text=text(workflow)) as running:
        missing = running.wait_for_line(event="stored runs are missing")["runs"]
        kept = running.wait_for_line(event="runs are stored")["unfinished"]
        assert missing + kept == RUNS
        assert (kept > 0) == (damage is not Path.unlink)
        assert (answers(running, "durable"), answers(running, "direct")) == (202, 200)


def test_a_log_without_its_file_is_not_removed(state: Path, workflow: Workflow) -> None:
    (state / "runs.db").unlink()
    log = (state / "runs.db-wal").read_bytes()
    with delivering(state.parent, workflow, text=text(workflow)) as running:
        line = running.wait_for_line(event="durable hooks are out of service")
        assert "runs.db is missing or empty" in line["reason"]
        assert (answers(running, "durable"), answers(running, "direct")) == (503, 200)
        assert (state / "runs.db-wal").read_bytes() == log


def test_damage_that_shows_later_ends_the_store_and_leaves_the_file(
    state: Path, workflow: Workflow
) -> None:
    overwrite_payloads(state / "runs.db")
    damaged = (state / "runs.db").read_bytes()
    with delivering(state.parent, workflow, text=text(workflow)) as running:
        # The attempts that were cut are made again, if nobody asks for a payload before.
        listed = running.operate("GET", "/-/runs?hook=later", headers=ADMIN).json()
        for run in listed.get("runs", ())[:1]:
            running.operate("GET", f"/-/runs/{run['run']}/payload", headers=ADMIN)
        line = running.wait_for_line(event="durable hooks are out of service")
        assert "is damaged" in line["reason"]
        assert "gateway runs check" in line["reason"]
        assert (answers(running, "durable"), answers(running, "direct")) == (503, 200)
    assert (state / "runs.db").read_bytes() == damaged
    checked = command("runs", "check", "--state-dir", str(state))
    assert checked.returncode == 1
