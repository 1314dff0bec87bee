"""One soak: load, faults, kills, reloads, slow clients at once, and what they left behind."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from benchmarks.operated import Operated, operated, sockets
from benchmarks.reloads.footprint import Footprint
from benchmarks.soaking import trouble
from benchmarks.soaking.callers import TOKEN, Account, Caller, trickle_until
from benchmarks.soaking.trouble import Trouble
from benchmarks.soaking.workflow import Ledger, serving

HOOK = """\
name: {name}
method: POST
authentication:
  type: bearer
  tokens:
    - sha256: {sha256}
workflow:
  url: {url}/{name}
  timeout: {timeout}
"""
OPEN = "name: open\nmethod: POST\nauthentication: none\nworkflow: {url}/open\n"
TIMEOUTS = {"steady": "30s", "faulty": "1s", "left": "30s"}
COUNTED = ("steady", "faulty")
"""Hooks whose answers all arrive, so that counts can be compared."""
SLOW_HEAD = b"POST /hooks/open HTTP/1.1\r\nHost: soak\r\nX-Slow: "
SLOW_BODY = b"POST /hooks/open HTTP/1.1\r\nHost: soak\r\nContent-Length: 100000\r\n\r\n"
IDLE_SECONDS = 15.0
"""How long the gateway may keep what nobody uses any more: connections to the workflow, bodies
of callers that left.
"""


@dataclass(frozen=True)
class Plan:
    """What is done; `callers` and `slow` are connections, times in seconds."""

    seconds: float
    reload_every: float = 2.0
    kill_every: float = 20.0
    callers: int = 8
    slow: int = 40
    workers: int = 2


@dataclass
class Found:
    """What came of it. `counted` is what the gateway counted by hook and status; `footprints` are
    taken as time passes, `sockets` before the load and when all is over.
    """

    plan: Plan
    account: Account = field(default_factory=Account)
    trouble: Trouble = field(default_factory=Trouble)
    ledger: Ledger = field(default_factory=Ledger)
    counted: Counter[tuple[str, int]] = field(default_factory=Counter)
    footprints: list[Footprint] = field(default_factory=list)
    sockets: tuple[int, int] = (0, 0)
    reloaded: bool = False
    """Whether what was written last serves at the end."""


def soak(workdir: Path, plan: Plan) -> Found:
    """Run `plan`. Raises `PeerError` where the gateway does not start or come back."""
    return asyncio.run(_soak(workdir, plan))


async def _soak(workdir: Path, plan: Plan) -> Found:
    found = Found(plan)
    async with serving(found.ledger) as port:
        url = f"http://127.0.0.1:{port}"
        running = operated(workdir, _hooks(url), plan.workers)
        place = await asyncio.to_thread(running.__enter__)
        try:
            before = _sockets(place)
            await _load(place, url, found)
            found.sockets = (before, await _sockets_when_idle(place, before))
            text = await asyncio.to_thread(place.get, "/-/metrics")
            found.counted = _counted(text.decode())
            status = await asyncio.to_thread(place.status)
            last = f"marker-{found.trouble.reloads}"
            found.reloaded = any(one["name"] == last for one in status["hooks"])
        finally:
            await asyncio.to_thread(running.__exit__, None, None, None)
    return found


async def _load(place: Operated, url: str, found: Found) -> None:
    """Everything at once, until the time is over; what fails ends all."""
    plan, over = found.plan, asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for one in _everybody(place, url, found, over):
            group.create_task(one)
        group.create_task(_watch(place, found, over))
        await asyncio.sleep(plan.seconds)
        over.set()


def _everybody(
    place: Operated, url: str, found: Found, over: asyncio.Event
) -> list[Coroutine[Any, Any, None]]:
    plan, account = found.plan, found.account
    caller = partial(Caller, place.port, account=account)
    trickle = partial(trickle_until, over, place.port, account=account)
    return [
        *(caller("steady").call_until(over) for _ in range(plan.callers)),
        *(caller("faulty").call_until(over) for _ in range(plan.callers)),
        *(caller("left").leave_until(over) for _ in range(2)),
        *(trickle(SLOW_BODY if one % 2 else SLOW_HEAD) for one in range(plan.slow)),
        trouble.reload_until(over, place, url, plan.reload_every, found.trouble),
        trouble.kill_until(over, place, plan.kill_every, account, found.trouble),
    ]


async def _watch(place: Operated, found: Found, over: asyncio.Event) -> None:
    """Footprints, a hundred in all, while no worker is missing."""
    while not await trouble.passed(over, found.plan.seconds / 100):
        with suppress(OSError):
            found.footprints.append(Footprint.of(place.server))


async def _sockets_when_idle(place: Operated, before: int) -> int:
    """Once they are as many as `before`, or when the patience ends."""
    for _ in range(round(IDLE_SECONDS * 10)):
        if (now := _sockets(place)) <= before:
            break
        await asyncio.sleep(0.1)
    return now


def _sockets(place: Operated) -> int:
    return sum(len(sockets(pid)) for pid in place.server.pids())


def _hooks(url: str) -> dict[str, str]:
    sha256 = hashlib.sha256(TOKEN.encode()).hexdigest()
    hooks = {
        f"{name}.yaml": HOOK.format(name=name, sha256=sha256, url=url, timeout=timeout)
        for name, timeout in TIMEOUTS.items()
    }
    return {**hooks, "open.yaml": OPEN.format(url=url)}


def _counted(text: str) -> Counter[tuple[str, int]]:
    found: Counter[tuple[str, int]] = Counter()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == "gateway_requests_total" and sample.labels["hook"] in COUNTED:
                found[sample.labels["hook"], int(sample.labels["status"])] += int(sample.value)
    return found
