"""A gateway with durable hooks has a store beside its workers, and one without has none."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.support.gateway import Gateway, gateway, write_files
from tests.support.polling import until

DIRECT = "name: a\nauthentication: none\nworkflow: http://127.0.0.1:9/\n"
DURABLE = "name: b\nauthentication: none\nworkflow: http://127.0.0.1:9/\ndelivery: durable\n"


def process_of(state: Path) -> int:
    """The process of the store, 0 where there is none."""
    try:
        return int((state / "runs.lock").read_text())
    except (FileNotFoundError, ValueError):
        return 0


def told(running: Gateway, event: str) -> bool:
    return bool(running.lines(event))


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


def test_a_store_that_is_killed_has_another_in_its_place(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with gateway(tmp_path, {"b.yaml": DURABLE}, "--state", str(state)) as running:
        until(lambda: process_of(state) > 0)
        store = process_of(state)
        os.kill(store, signal.SIGKILL)
        until(lambda: process_of(state) not in (0, store))
        until(lambda: len(running.lines("runs are stored")) == 2)
        assert told(running, "the store ended unexpectedly")


def test_a_store_ends_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with gateway(tmp_path, {"b.yaml": DURABLE}, "--state", str(state)) as running:
        until((state / "runs.sock").exists)
        store = process_of(state)
        running.stop(signal.SIGKILL)
        until(lambda: not Path(f"/proc/{store}").exists())


def test_a_second_gateway_on_the_directory_serves_its_direct_hooks(tmp_path: Path) -> None:
    state = tmp_path / "state"
    hooks = {"a.yaml": DIRECT, "b.yaml": DURABLE}
    with gateway(tmp_path / "first", hooks, "--state", str(state)):
        until((state / "runs.sock").exists)
        first = process_of(state)
        with gateway(tmp_path / "second", hooks, "--state", str(state)) as second:
            until(lambda: told(second, "durable hooks are out of service"))
            line = second.lines("durable hooks are out of service")[0]
            assert f"process {first}" in line["reason"]
            assert second.request("GET", "/-/livez").status_code == 200
