"""The store is there while hooks need it: it is started, replaced, given up and ended."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from gateway.processes import keeper as keeper_module
from gateway.processes.keeper import StoreKeeper
from gateway.processes.policies import dated
from gateway.processes.sockets import store_socket
from gateway.reload import mounts
from gateway.reload.mounts import Mount
from gateway.runs.run import Accepted, Policies, Policy
from gateway.runs.sqlite.control import StoreSettings
from tests.runs.sqlite.given import in_loop, new_run
from tests.runs.sqlite.stores import connected, until

NEEDED = Policies(1, {"hook": Policy(target="http://w:80")})


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[StoreKeeper]:
    """A keeper that has not started anything."""
    settings = StoreSettings(state=str(tmp_path), socket=store_socket(tmp_path), reserve=0)
    one = StoreKeeper(settings, "json", "info")
    yield one
    one.stop(10)


def test_a_hook_is_as_old_as_its_last_return() -> None:
    policy = Policy(target="http://w:80")
    disabled = msgspec.structs.replace(policy, held="the hook is disabled")
    told: Policies | None = None
    seen = []
    for generation, one in enumerate([policy, policy, None, policy, disabled, policy, policy], 1):
        told = dated(Policies(generation, {"hook": one} if one else {}), told)
        seen.append(told.hooks["hook"].since if one else 0)
    assert seen == [1, 1, 0, 4, 4, 6, 6]


def process_of(state: Path) -> int:
    """The process that has the lock."""
    return int((state / "runs.lock").read_text())


def test_there_is_no_store_until_a_hook_needs_one(keeper: StoreKeeper, tmp_path: Path) -> None:
    keeper.follow(Policies(1, {}))
    assert list(tmp_path.iterdir()) == []
    keeper.follow(NEEDED)
    assert (tmp_path / "runs.sock").exists()
    assert keeper.problem == ""


@in_loop
async def test_a_store_that_is_killed_is_replaced_at_once(
    keeper: StoreKeeper, tmp_path: Path
) -> None:
    keeper.follow(NEEDED)
    client = await connected(str(tmp_path / "runs.sock"))
    new = new_run()
    assert isinstance(await client.accept(new), Accepted)
    os.kill(process_of(tmp_path), signal.SIGKILL)
    assert await client.payload(new.id) == new.invocation
    assert keeper.restarts == 1
    await client.close()


@in_loop
async def test_a_store_that_stands_still_for_long_is_replaced(
    keeper: StoreKeeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper_module, "EVERY", 0.05)
    await asyncio.to_thread(keeper.follow, NEEDED)
    client = await connected(str(tmp_path / "runs.sock"))
    new = new_run()
    assert isinstance(await client.accept(new), Accepted)
    os.kill(process_of(tmp_path), signal.SIGSTOP)
    await until(lambda: keeper.restarts == 1)
    assert await client.payload(new.id) == new.invocation
    await until(lambda: keeper.problem == "")
    await client.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
@in_loop
async def test_a_signal_to_the_whole_group_does_not_end_the_store(
    keeper: StoreKeeper, tmp_path: Path, number: int
) -> None:
    keeper.follow(NEEDED)
    os.kill(process_of(tmp_path), number)
    client = await connected(str(tmp_path / "runs.sock"))
    assert isinstance(await client.accept(new_run()), Accepted)
    assert keeper.restarts == 0
    await client.close()


@in_loop
async def test_a_store_that_cannot_be_is_given_up_with_its_sentence(
    keeper: StoreKeeper, tmp_path: Path
) -> None:
    (tmp_path / "runs.db").write_bytes(b"no database, but as long as one" * 200)
    await asyncio.to_thread(keeper.follow, NEEDED)
    await until(lambda: keeper.final)
    assert "is damaged" in keeper.problem
    assert keeper.restarts == 0


def test_a_store_ends_without_a_log_or_a_socket(keeper: StoreKeeper, tmp_path: Path) -> None:
    keeper.follow(NEEDED)
    process = process_of(tmp_path)
    keeper.stop(10)
    assert not Path(f"/proc/{process}").exists()
    assert not (tmp_path / "runs.db-wal").exists()
    assert not (tmp_path / "runs.sock").exists()


def test_a_network_file_system_is_refused(
    keeper: StoreKeeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mounts, "table", lambda: (Mount("/", "/", "nfs4"),))
    keeper.follow(NEEDED)
    assert keeper.final
    assert "network file system (nfs4)" in keeper.problem
    assert list(tmp_path.iterdir()) == []


def test_a_long_path_has_its_socket_elsewhere(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 120)
    elsewhere = Path(store_socket(long))
    assert len(str(elsewhere)) <= 107
    assert elsewhere.parent.stat().st_mode & 0o077 == 0
    elsewhere.parent.rmdir()
