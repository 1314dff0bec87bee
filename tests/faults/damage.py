"""Files that are damaged behind a store's back."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from gateway.runs.selection import Query
from gateway.runs.sqlite.control import Ready
from gateway.runs.sqlite.fault import GIVE_UP
from gateway.runs.store import StoreUnavailable
from tests.runs.sqlite.given import Taken, done, new_run
from tests.runs.sqlite.stores import StoreProcess, connected

PAGE = 4096
STUCK = 15.0
"""Seconds after which nothing is delivered any more."""


def overwrite_payloads(database: Path) -> None:
    """Damage the bodies of runs, after everything of the log went into the file."""
    with closing(sqlite3.connect(database, isolation_level=None)) as file:
        file.execute("PRAGMA journal_mode=DELETE").fetchall()
        file.execute("PRAGMA journal_mode=WAL").fetchall()
        [(page,)] = file.execute("SELECT rootpage FROM sqlite_schema WHERE name='payload'")
    with database.open("r+b") as stream:
        stream.seek((page - 1) * PAGE)
        stream.write(b"\xaa" * PAGE)


def changed(database: Path, chance: random.Random) -> None:
    """Change something small of a file: a bit, a byte, a sector, a page, or a page for another."""
    data = bytearray(database.read_bytes())
    pages = len(data) // PAGE
    page = chance.randrange(pages) * PAGE
    match chance.choice(("bit", "byte", "sector", "page", "other")):
        case "bit":
            data[page + chance.randrange(PAGE)] ^= 1 << chance.randrange(8)
        case "byte":
            data[page + chance.randrange(100)] = chance.randrange(256)
        case "sector":
            at = page + chance.randrange(8) * 512
            data[at : at + 512] = bytes(512)
        case "page":
            data[page : page + PAGE] = chance.randbytes(PAGE)
        case _:
            other = chance.randrange(pages) * PAGE
            data[page : page + PAGE] = data[other : other + PAGE]
    database.write_bytes(data)


async def fill(socket: str, count: int) -> None:
    """Accept runs that start later, with keys, some in lanes."""
    client = await connected(socket)
    for number in range(count):
        lane = None if number % 2 else b"lane %d" % (number % 5)
        body = os.urandom(1500)
        more = {"key": os.urandom(16), "key_within": 3600, "start": False, "lane": lane}
        await client.accept(new_run(invocation=body, **more))
    await client.close()


async def deliver(store: StoreProcess, count: int) -> bool:
    """Whether the store lives to see all delivered, another one accepted, and all listed."""
    task = asyncio.create_task(_delivered(store.socket, count))
    while not task.done():
        if not store.process.is_alive():
            task.cancel()
        await asyncio.wait([task], timeout=0.05)
    return not task.cancelled() and task.result()


async def _delivered(socket: str, count: int) -> bool:
    client = await connected(socket)
    taken, delivered = Taken(client), 0
    try:
        async with asyncio.timeout(STUCK):
            while delivered < count:
                while taken.started:
                    given = taken.started.pop()
                    await client.report(done(given.run, given.attempt))
                    delivered += 1
                await asyncio.sleep(0.01)
            await client.accept(new_run())
            await client.list(Query(limit=200))
    except (StoreUnavailable, TimeoutError):
        return False
    finally:
        await client.close()
    return True


def used(state: Path, runs: int) -> str:
    """What a store makes of a file: `served`, or how it ended."""
    store = StoreProcess(state)
    try:
        said = store.heard()
        if isinstance(said, Ready) and asyncio.run(deliver(store, runs)):
            return "served"
        if store.process.is_alive() and isinstance(said, Ready):
            return "stuck"
        return "damaged" if store.ended() == GIVE_UP else f"exit {store.ended()}"
    finally:
        store.close()


def full(directory: Path, times: int = 100, runs: int = 100) -> tuple[bool, list[str]]:
    """Change a store so often: it serves, or says that it is damaged, and keeps its size."""
    first = directory / "first"
    first.mkdir()
    store = StoreProcess(first)
    store.ready()
    asyncio.run(fill(store.socket, runs))
    assert store.stop() == 0
    size = (first / "runs.db").stat().st_size
    found: Counter[str] = Counter()
    for seed in range(times):
        state = Path(shutil.copytree(first, directory / str(seed)))
        changed(state / "runs.db", random.Random(seed))  # noqa: S311
        found[used(state, runs)] += 1
        assert (state / "runs.db").stat().st_size >= size
        shutil.rmtree(state)
    return found.keys() <= {"served", "damaged"}, [f"{times} damaged files: {dict(found)}"]
