"""A gateway with durable hooks has a store beside its workers, and one without has none."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gateway import Gateway, gateway, write_files
from tests.support.polling import until

DIRECT = "name: a\nauthentication: none\nworkflow: http://127.0.0.1:9/\n"
DURABLE = "name: b\nauthentication: none\nworkflow: http://127.0.0.1:9/\ndelivery: durable\n"
HOOKS = {"a.yaml": DIRECT, "b.yaml": DURABLE}


def process_of(state: Path) -> int:
    """The process of the store, 0 where there is none."""
    try:
        return int((state / "runs.lock").read_text())
    except (FileNotFoundError, ValueError):
        return 0


def told(running: Gateway, event: str) -> bool:
    return bool(running.lines(event))


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That of `running`."""
    return tmp_path_factory.mktemp("store") / "state"


@pytest.fixture(scope="module")
def running(state: Path) -> Iterator[Gateway]:
    """One with a store, until the last test kills it."""
    with gateway(state.parent, HOOKS, "--state", str(state)) as found:
        until((state / "runs.sock").exists)
        yield found


def test_a_store_begins_with_the_first_durable_hook_and_ends_with_the_gateway(
    tmp_path: Path,
) -> None:
    state = tmp_path / "state"
    with gateway(tmp_path, {"a.yaml": DIRECT}, "--state", str(state)) as running:
        assert process_of(state) == 0
        write_files(tmp_path / "hooks.d", {"b.yaml": DURABLE})
        until((state / "runs.sock").exists)
        store = process_of(state)
        assert os.getpgid(store) == os.getpgid(running.process.pid)
        assert running.stop() == 0
    assert not Path(f"/proc/{store}").exists()
    names = {path.name for path in state.iterdir()}
    assert {"runs.db", "runs.reserve"} <= names
    assert names.isdisjoint({"runs.sock", "runs.db-wal"})


def test_a_second_gateway_on_the_directory_serves_its_direct_hooks(
    running: Gateway, state: Path, tmp_path: Path
) -> None:
    first = process_of(state)
    with gateway(tmp_path, HOOKS, "--state", str(state)) as second:
        until(lambda: told(second, "durable hooks are out of service"))
        line = second.lines("durable hooks are out of service")[0]
        assert f"process {first}" in line["reason"]
        assert second.request("GET", "/-/livez").status_code == 200


def test_a_store_that_is_killed_has_another_in_its_place(running: Gateway, state: Path) -> None:
    store = process_of(state)
    os.kill(store, signal.SIGKILL)
    until(lambda: process_of(state) not in (0, store))
    until(lambda: len(running.lines("runs are stored")) == 2)
    assert told(running, "the store ended unexpectedly")


def test_a_store_ends_when_the_supervisor_is_killed(running: Gateway, state: Path) -> None:
    store = process_of(state)
    running.stop(signal.SIGKILL)
    until(lambda: not Path(f"/proc/{store}").exists())
