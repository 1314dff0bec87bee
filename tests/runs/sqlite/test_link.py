"""What the store says at once is handled in pieces, so that other callers have their turn."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path

from gateway.runs.sqlite.frames import encoded, framed
from gateway.runs.sqlite.link import ENOUGH, Link
from gateway.runs.sqlite.messages import Stored, ToWorker
from tests.runs.sqlite.given import in_loop

BURST = [Stored(number, 0) for number in range(10 * ENOUGH + 1)]


@in_loop
async def test_a_burst_of_answers_leaves_turns_to_others(tmp_path: Path) -> None:
    found: list[ToWorker] = []
    lost = asyncio.Event()

    async def store(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(framed([encoded(message) for message in BURST]))
        writer.close()

    path = str(tmp_path / "s")
    async with await asyncio.start_unix_server(store, path):
        link = Link(path, lambda: None, found.append, lost.set)
        turns = [0]
        while len(found) < len(BURST) and not lost.is_set():
            await asyncio.sleep(0)
            turns.append(len(found))
        await lost.wait()
        link.abort()
    assert found == BURST
    handled = [after - before for before, after in pairwise(turns)]
    assert 0 < max(handled[:-1]) <= ENOUGH
