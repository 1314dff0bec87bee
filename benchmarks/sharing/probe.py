"""One more process that shares the runs, in which each claim is timed."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from functools import partial

import uvloop

from benchmarks.scenario import HOOK, Site
from benchmarks.sharing.ground import CONCURRENCY
from gateway.runs.postgres import counting, owners
from gateway.runs.postgres.address import parse
from gateway.runs.postgres.claiming import claim
from gateway.runs.postgres.clock import Clock
from gateway.runs.postgres.database import Database
from gateway.runs.postgres.link import Link
from gateway.runs.postgres.local_state import LocalState
from gateway.runs.postgres.maintenance import Maintenance
from gateway.runs.postgres.reporting import Reporting
from gateway.runs.postgres.session import Session
from gateway.runs.run import Assignment, Policies, Policy, Result
from tests.support.postgres import PASSWORD, Server

CREDIT = 128
"""As a worker has."""
_EVERY = 0.02
"""Seconds between two claims: attempts take some time."""


@dataclass
class Claims:
    """When each claim began, how long it took, in seconds of `perf_counter`, and what it gave."""

    found: list[tuple[float, float, int]] = field(default_factory=list)

    def times(self, since: float, until: float) -> list[float]:
        """Those that began in between, sorted."""
        return sorted(took for at, took, _ in self.found if since <= at < until)


class Probe:
    """The engine of a worker, whose attempts succeed at once."""

    def __init__(self, server: Server, database: str, site: Site) -> None:
        address = parse(server.url(database))
        self.claims = Claims()
        self._local = LocalState(Clock(time.monotonic), CONCURRENCY, random.random)
        target = f"http://127.0.0.1:{site.workflow_port}"
        policy = Policy(target=target, concurrency=CONCURRENCY, limit=10_000_000)
        self._local.follow(Policies(1, {HOOK: policy}))
        self._me = owners.Self("probe", lambda: True, bytes)
        self._link = Link(Database(address, lambda: PASSWORD), self._opened)
        self._maintenance = Maintenance(self._local, self._link, self._me, _nothing, _nothing)
        self._reporting = Reporting(self._local)

    async def _opened(self, session: Session) -> None:
        await owners.heartbeat(session, self._local, self._me)
        await owners.refresh(session, self._local)
        await counting.count(session, self._local)
        self._local.joined(CREDIT)

    async def run(self, until: asyncio.Event) -> None:
        """Claim and end runs until then."""
        while not until.is_set():
            await self._maintenance.run(False)
            order = self._local.dispatcher.next_claim(self._local.now)
            if order is not None:
                at = time.perf_counter()
                given = await self._link.run(partial(claim, self._local, order))
                self.claims.found.append((at, time.perf_counter() - at, len(given)))
                await self._end(given)
            await asyncio.sleep(_EVERY)
        await self._link.run(partial(owners.leave, self._local, self._me))
        await self._link.close()

    async def _end(self, given: list[Assignment]) -> None:
        results = [
            Result(run=one.run, attempt=one.attempt, outcome="succeeded", status_code=200)
            for one in given
        ]
        if results:
            await self._link.run(lambda session: self._reporting.write(session, results))


async def _nothing(_session: Session) -> bool:
    return False


def probed(server: Server, database: str, site: Site, seconds: float) -> Claims:
    """The claims of so many seconds."""

    async def all_of_it() -> Claims:
        until = asyncio.Event()
        asyncio.get_running_loop().call_later(seconds, until.set)
        probe = Probe(server, database, site)
        await probe.run(until)
        return probe.claims

    return uvloop.run(all_of_it())
