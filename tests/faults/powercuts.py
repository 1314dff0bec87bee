"""The power fails at each moment of a store's life: what it acknowledged is there afterwards."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from gateway.runs.sqlite.database import Database
from gateway.runs.sqlite.rows import id_text
from tests.faults.replay import Disk, Traced, events
from tests.runs.sqlite.given import Taken, done, new_run
from tests.runs.sqlite.stores import connected

SIZE = 64 * 1024 * 1024
MEMORY = Path("/dev/shm")  # noqa: S108 - files that nobody else reads, opened again and again
FINAL = (4, 5, 6)


class Cuts(NamedTuple):
    """How often the power failed, and how much was promised by the last time."""

    moments: int
    disks: int
    accepted: int
    ended: int

    def line(self) -> str:
        """For people."""
        return (
            f"{self.disks} disks after {self.moments} syncs, {self.accepted} runs acknowledged, "
            f"{self.ended} results: lost 0"
        )


async def work(socket: str, groups: int, together: int, size: int) -> None:
    """Accept groups of runs, and end every other one."""
    client = await connected(socket)
    Taken(client)
    for _ in range(groups):
        runs = [
            new_run(invocation=os.urandom(size), key=os.urandom(16), key_within=3600)
            for _ in range(together)
        ]
        await asyncio.gather(*(client.accept(new) for new in runs))
        await asyncio.gather(*(client.report(done(new.id)) for new in runs[::2]))
    await client.close()


def recorded(directory: Path, groups: int, together: int, size: int) -> tuple[Path, Path]:
    """The state directory of a store that lived, and the log of what it did."""
    state, log = directory / "state", directory / "trace"
    state.mkdir()
    store = Traced(state, log)
    asyncio.run(work(store.socket, groups, together, size))
    store.stop()
    return state, log


def cut(state: Path, log: Path, chances: int, seed: int = 0) -> Cuts:
    """Let the power fail before and after each sync, and try what it could leave: nothing that was
    not synced, and so many times some of it.
    """
    chance = random.Random(seed)  # noqa: S311
    disk = Disk(state)
    moments = disks = 0
    before: list[random.Random | None] = [None, *[chance] * chances]
    place = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    try:
        for event in events(log):
            if event.call in ("fdatasync", "fsync"):
                for one in before:
                    check(place, disk.left(one), disk.accepted, disk.ended)
                disks += len(before)
            moments += disk.follow(event)
        check(place, disk.left(None), disk.accepted, disk.ended)
    finally:
        shutil.rmtree(place)
    return Cuts(moments, disks + 1, len(disk.accepted), len(disk.ended))


def check(
    place: Path, files: Mapping[str, bytes], accepted: Iterable[str], ended: Iterable[str]
) -> None:
    """Open what is left as a store does: it is sound, and has what was acknowledged."""
    for old in place.iterdir():
        old.unlink()
    for name, content in files.items():
        if name.startswith("runs.db"):
            (place / name).write_bytes(content)
    db = Database(place / "runs.db", SIZE, 0)
    try:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        states = {id_text(run): state for run, state in db.execute("SELECT id, state FROM run")}
        assert db.number("SELECT count(*) FROM payload") == len(states)
        lost = set(accepted) - states.keys()
        assert not lost, f"{len(lost)} acknowledged runs are not there"
        undone = {run for run in ended if states[run] not in FINAL}
        assert not undone, f"{len(undone)} acknowledged results are not there"
    finally:
        db.close()


def full(directory: Path) -> tuple[bool, list[str]]:
    """A life with several checkpoints, each sync of it."""
    state, log = recorded(directory, groups=250, together=8, size=8_000)
    return True, [cut(state, log, chances=3).line()]
