"""Disks that are full, failing, damaged or somebody else's: nothing is promised, and it is said."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from gateway.runs.run import Accepted
from gateway.runs.selection import Query
from gateway.runs.sqlite.control import Failed
from gateway.runs.sqlite.fault import GIVE_UP, TRY_AGAIN, Fault
from gateway.runs.sqlite.lock import lock
from gateway.runs.sqlite.migrate import SCRIPTS, migrate
from gateway.runs.store import StoreFull, StoreUnavailable
from tests.runs.sqlite.conftest import Start
from tests.runs.sqlite.given import Taken, done, in_loop, new_run
from tests.runs.sqlite.stores import StoreProcess, connected, until
from tests.support.strace import injected

SYNCS = "fdatasync,fsync"


def failed(store: StoreProcess) -> str:
    """What the store says as it ends."""
    said = store.heard()
    assert isinstance(said, Failed), said
    return said.sentence


async def fill(socket: str, count: int) -> list[str]:
    """Accept runs, and leave."""
    client = await connected(socket)
    answers = await asyncio.gather(
        *(client.accept(new_run(invocation=b"x" * 2000)) for _ in range(count))
    )
    await client.close()
    return [answer.run for answer in answers]


def test_a_second_gateway_on_the_directory_is_refused_with_the_process_of_the_first(
    start: Start,
) -> None:
    first = start()
    first.ready()
    second = start()
    assert f"process {first.pid}" in failed(second)
    assert second.ended() == GIVE_UP


def test_a_lock_ends_with_its_process(start: Start, tmp_path: Path) -> None:
    first = start()
    first.ready()
    with pytest.raises(Fault):
        lock(tmp_path)
    first.kill()
    os.close(lock(tmp_path))


def test_nobody_else_can_open_the_file_of_a_store(start: Start, tmp_path: Path) -> None:
    start().ready()
    with (
        closing(sqlite3.connect(tmp_path / "runs.db", timeout=0)) as other,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("SELECT count(*) FROM run")
    assert not (tmp_path / "runs.db-shm").exists()


def test_files_are_for_this_user_alone(start: Start, tmp_path: Path) -> None:
    store = start(reserve=1024 * 1024)
    store.ready()
    modes = {path.name: path.stat().st_mode & 0o077 for path in tmp_path.iterdir()}
    assert set(modes.values()) == {0}
    assert {"runs.db", "runs.db-wal", "runs.lock", "runs.reserve", "s"} <= set(modes)


def test_a_damaged_file_is_final_and_is_left_as_it_is(start: Start, tmp_path: Path) -> None:
    store = start()
    store.ready()
    asyncio.run(fill(store.socket, 200))
    assert store.stop() == 0
    path = tmp_path / "runs.db"
    damaged = bytearray(path.read_bytes())
    for page in range(1, len(damaged) // 4096):
        damaged[page * 4096 : page * 4096 + 64] = b"\xaa" * 64
    path.write_bytes(damaged)
    store = start()
    sentence = failed(store)
    assert "runs.db is damaged" in sentence
    assert "gateway runs check" in sentence
    assert store.ended() == GIVE_UP
    assert path.read_bytes() == damaged


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be one" * 100])
def test_a_file_that_is_no_database_is_final(start: Start, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "runs.db").write_bytes(content)
    store = start()
    assert "runs.db is damaged" in failed(store)
    assert store.ended() == GIVE_UP
    assert (tmp_path / "runs.db").read_bytes() == content


@pytest.mark.parametrize("kind", ["link", "directory", "pipe"])
def test_what_is_no_file_is_final_and_is_left_as_it_is(
    start: Start, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "runs.db"
    match kind:
        case "link":
            path.symlink_to(tmp_path / "x")
        case "directory":
            path.mkdir()
        case _:
            os.mkfifo(path)
    store = start()
    assert "runs.db" in failed(store)
    assert store.ended() == GIVE_UP
    assert not (tmp_path / "x").exists()


def test_no_link_leads_the_files_of_a_store_elsewhere(start: Start, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_text("precious")
    (tmp_path / "runs.reserve").symlink_to(theirs)
    start(reserve=1024 * 1024).ready()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "runs.lock").symlink_to(theirs)
    assert "runs.lock" in failed(start(state=tmp_path / "other"))
    assert theirs.read_text() == "precious"


def test_a_copy_that_others_could_read_is_for_this_user_again(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "runs.db"
    path.touch(0o666)
    start().ready()
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["runs.db", "runs.db-wal"])
@in_loop
async def test_nothing_is_promised_while_the_file_is_not_in_its_place(
    start: Start, tmp_path: Path, name: str
) -> None:
    store = start()
    store.ready()
    client = await connected(store.socket)
    await client.accept(new_run())
    (tmp_path / name).rename(tmp_path / "moved")
    with pytest.raises(StoreUnavailable) as refused:
        await client.accept(new_run())
    assert "removed or replaced" in refused.value.reason
    (tmp_path / "moved").rename(tmp_path / name)
    await client.accept(new_run())
    await client.close()


def test_a_database_of_something_else_is_refused(start: Start, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "runs.db")) as other:
        other.execute("CREATE TABLE theirs(x)")
    store = start()
    assert "not a store of this gateway" in failed(store)
    assert store.ended() == GIVE_UP


def test_a_store_of_a_newer_gateway_is_refused(start: Start, tmp_path: Path) -> None:
    store = start()
    store.ready()
    store.stop()
    with closing(sqlite3.connect(tmp_path / "runs.db")) as newer:
        newer.execute(f"PRAGMA user_version={len(SCRIPTS) + 1}")
    store = start()
    assert "newer gateway" in failed(store)
    assert store.ended() == GIVE_UP


def test_an_older_store_is_migrated_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    first = "CREATE TABLE meta(key TEXT PRIMARY KEY, value ANY) STRICT;"
    with closing(sqlite3.connect(tmp_path / "db", isolation_level=None)) as connection:
        migrate(connection, 0, [first])
        broken = "CREATE TABLE added(x);\nCREATE TABLE added(x);"
        with pytest.raises(sqlite3.OperationalError):
            migrate(connection, 0, [first, broken])
        names = "SELECT name FROM sqlite_schema WHERE type='table'"
        assert connection.execute(names).fetchall() == [("meta",)]
        migrate(connection, 0, [first, "CREATE TABLE added(x);"])
        assert connection.execute(names).fetchall() == [("meta",), ("added",)]
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)


def test_a_state_directory_that_cannot_be_written_may_be_later(
    start: Start, tmp_path: Path
) -> None:
    store = start(state=tmp_path / "missing")
    assert "runs.lock" in failed(store)
    assert store.ended() == TRY_AGAIN


def test_a_disk_that_fails_ends_the_store_and_promises_nothing(
    start: Start, tmp_path: Path
) -> None:
    store = start()
    store.ready()
    accepted = asyncio.run(fill(store.socket, 10))

    async def refused() -> None:
        client = await connected(store.socket)
        with pytest.raises(StoreUnavailable):
            await client.accept(new_run())
        await client.close()

    with injected(store.pid, SYNCS, f"{SYNCS}:error=EIO", tmp_path / "trace"):
        asyncio.run(refused())
        assert "cannot be read or written" in failed(store)
        assert store.ended() == TRY_AGAIN
    # What was refused may be there: the log had it when the disk failed.
    assert start().ready().unfinished in (len(accepted), len(accepted) + 1)


def test_a_slow_disk_makes_larger_batches_and_loses_nothing(start: Start, tmp_path: Path) -> None:
    store = start()
    store.ready()
    with injected(store.pid, SYNCS, f"{SYNCS}:delay_enter=50000", tmp_path / "trace"):
        accepted = asyncio.run(fill(store.socket, 200))
    store.kill()
    assert start().ready().unfinished == len(accepted) == 200


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of eight megabytes."""
    path = tmp_path / "disk"
    path.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(path)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("file systems cannot be mounted here")
    yield path
    subprocess.run(["umount", "-l", str(path)], check=True)


def test_a_full_disk_refuses_runs_but_takes_results_until_there_is_room(
    start: Start, small_disk: Path
) -> None:
    store = start(state=small_disk, reserve=1024 * 1024)
    store.ready()
    rest = small_disk / "of somebody else"

    async def scenario() -> None:
        client = await connected(store.socket)
        Taken(client)
        first = new_run()
        assert await client.accept(first) == Accepted(first.id, 1)
        fill_up(rest)
        large = [new_run(invocation=b"x" * 100_000) for _ in range(100)]
        for new in large:
            try:
                await client.accept(new)
            except (StoreFull, StoreUnavailable):
                break
        else:
            pytest.fail("the disk never filled up")
        with pytest.raises(StoreFull):
            await client.accept(new_run())
        assert await client.report(done(first.id))
        rest.unlink()
        await until((small_disk / "runs.reserve").exists)
        assert isinstance(await client.accept(new_run()), Accepted)
        assert (await client.list(Query())).runs
        await client.close()

    asyncio.run(scenario())


def fill_up(path: Path) -> None:
    """Leave no room on its disk."""
    with path.open("wb", buffering=0) as stream, suppress(OSError):
        while True:
            stream.write(b"x" * 65536)
