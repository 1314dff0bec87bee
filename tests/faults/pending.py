"""A gateway that starts with very many runs pending: when it takes requests, and its memory."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import httpx

from tests.delivery.ledger import store_of
from tests.delivery.site import delivering, hook
from tests.runs.sqlite.test_many import pend, resident
from tests.support.gateway import Gateway
from tests.support.workflow import Workflow

MIB = 1024 * 1024
MUST = {0: (60.0, 60), 100_000: (2.0, 60), 1_000_000: (5.0, 80)}
"""By runs: seconds that they may add to the start, and MiB of the store's memory."""
DELIVERED = 1000


def full(directory: Path) -> tuple[bool, list[str]]:
    """No runs, a hundred thousand and a million; whether all held, and what to print."""
    workflow = Workflow().start()
    try:
        found = {count: _start(directory / str(count), workflow, count) for count in MUST}
    finally:
        workflow.stop()
    lines, holds = [], True
    for count, (seconds, memory) in found.items():
        more = seconds - found[0][0] if count else 0.0
        kept = more < MUST[count][0] and memory < MUST[count][1] * MIB
        holds = holds and kept
        lines.append(
            f"{count:,} pending: 202 after {seconds:.2f} s ({more:+.2f} s), the store has "
            f"{memory / MIB:.1f} MiB after {DELIVERED:,} deliveries: {'holds' if kept else 'FAILS'}"
        )
    return holds, lines


def _start(directory: Path, workflow: Workflow, count: int) -> tuple[float, int]:
    """Seconds from the start of the gateway to the first 202, and bytes of its store."""
    directory.mkdir()
    text = hook("hook", f"{workflow.url}/run", delivery="limit: 10000000, concurrency: 64")
    flags = ("--store-runs", "10000000")
    with delivering(directory, workflow, *flags, text=text):
        pass
    if count:
        pend(directory / "state" / "runs.db", count)
    begun = time.monotonic()
    with delivering(directory, workflow, *flags, text=text, ready=False) as running:
        while not _takes(running):
            assert time.monotonic() < begun + 120
            time.sleep(0.01)
        seconds = time.monotonic() - begun
        goal = len(workflow.received) + min(count, DELIVERED)
        while len(workflow.received) < goal:
            assert time.monotonic() < begun + 240
            time.sleep(0.05)
        return seconds, resident(store_of(directory))


def _takes(running: Gateway) -> bool:
    with suppress(httpx.TransportError):
        return running.request("POST", "/hooks/hook").status_code == 202
    return False
