"""A store with a hundred thousand runs pending starts without reading them."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from gateway.runs.invocation import Invocation, encode
from gateway.runs.run import State
from tests.runs.sqlite.conftest import Start
from tests.runs.sqlite.given import Taken, done, in_loop
from tests.runs.sqlite.stores import connected, until

PENDING = 100_000
MOST = 60 * 1024 * 1024


def pend(path: Path, count: int) -> None:
    """Write runs into the file of a store that is not running."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("INSERT INTO hook(name) VALUES ('hook')")
        file.executemany(
            """INSERT INTO run(seq, id, hook, state, due, accepted, give_up, gate, size)
               VALUES (?, randomblob(16), 1, 1, 0, 0, 9e15, x'00', 512)""",
            ((number,) for number in range(1, count + 1)),
        )
        invocation = encode(Invocation("request", "", body=bytes(512)))
        file.execute("INSERT INTO payload SELECT seq, ? FROM run", (invocation,))
        file.commit()


def resident(process: int) -> int:
    """Bytes that a process has in memory, shared ones left out."""
    fields = Path(f"/proc/{process}/smaps_rollup").read_text().split()
    return int(fields[fields.index("Pss:") + 1]) * 1024


@in_loop
async def test_a_hundred_thousand_pending_runs_are_counted_and_go_on(
    start: Start, tmp_path: Path
) -> None:
    store = start()
    store.ready()
    store.stop()
    pend(tmp_path / "runs.db", PENDING)
    store = start()
    assert store.ready().unfinished == PENDING
    client = await connected(store.socket)
    taken = Taken(client, credit=100)
    await until(lambda: len(taken.started) == 100)
    assert all(await asyncio.gather(*(client.report(done(one.run)) for one in taken.started[:50])))
    stats = await client.stats()
    assert stats.hooks["hook"].states[State.RUNNING] + stats.runs >= PENDING
    assert sum(stats.commit_seconds.counts) >= sum(stats.batch_size.counts) > 0
    assert sum(stats.hooks["hook"].latency_seconds.counts) == 50
    assert resident(store.pid) < MOST
    await client.close()
