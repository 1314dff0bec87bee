"""What is done to the gateway meanwhile: reloads, and workers that are killed."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.operated import Operated, sockets
from benchmarks.processes import PeerError
from benchmarks.reloads.ground import marker
from benchmarks.soaking.callers import Account

PATIENCE = 60.0


@dataclass
class Trouble:
    """What was done."""

    reloads: int = 0
    kills: int = 0
    back: list[float] = field(default_factory=list)
    """Seconds from each kill until all workers served again."""


async def reload_until(
    over: asyncio.Event, place: Operated, url: str, every: float, trouble: Trouble
) -> None:
    """Another hook `marker` each time."""
    while not await passed(over, every):
        trouble.reloads += 1
        place.write("marker.yaml", marker(f"marker-{trouble.reloads}", url))


async def kill_until(
    over: asyncio.Event, place: Operated, every: float, account: Account, trouble: Trouble
) -> None:
    """kill -9 the oldest worker, and wait until as many serve as before."""
    victims = await asyncio.to_thread(place.workers)
    count = len(victims)
    while not await passed(over, every):
        victim = victims.pop(0)
        _kill(victim, place.port, account)
        trouble.kills += 1
        started = time.monotonic()
        found = await _until_replaced(place, victim, count)
        trouble.back.append(time.monotonic() - started)
        victims += [one for one in found if one not in victims]


async def passed(over: asyncio.Event, seconds: float) -> bool:
    """Wait for `seconds`; returns whether all is over, at once when it is."""
    try:
        await asyncio.wait_for(over.wait(), seconds)
    except TimeoutError:
        return False
    return True


async def _until_replaced(place: Operated, victim: int, count: int) -> list[int]:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        status = await asyncio.to_thread(place.status)
        workers = [one["process"] for one in status["workers"] if one["generation"]]
        if victim not in workers and len(workers) == count:
            return workers
        await asyncio.sleep(0.05)
    raise PeerError(f"a killed worker was not replaced within {PATIENCE:.0f} s")


def _kill(victim: int, port: int, account: Account) -> None:
    """A worker that stands still accepts nothing: what it has is known before it dies."""
    os.kill(victim, signal.SIGSTOP)
    deadline = time.monotonic() + PATIENCE
    while Path(f"/proc/{victim}/stat").read_text().rpartition(") ")[2][0] != "T":
        if time.monotonic() > deadline:
            raise PeerError(f"the worker {victim} does not stop")
    held = sockets(victim)
    for callers_port, inode in _accepted(port):
        if inode not in held:
            continue
        if callers_port in account.open:
            account.open[callers_port].killed = True
        else:
            account.killed[callers_port] = time.monotonic()
    os.kill(victim, signal.SIGKILL)


def _accepted(port: int) -> Iterator[tuple[int, int]]:
    """The caller's port and the inode of each connection to `port` that was accepted (proc(5))."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _slot, local, remote, _state, *_rest, inode = line.split()[:10]
        if int(local.partition(":")[2], 16) == port and inode != "0":
            yield int(remote.partition(":")[2], 16), int(inode)
