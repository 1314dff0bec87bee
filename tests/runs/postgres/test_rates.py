"""Gateways that share a rate, while some of them come and go."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import msgspec

from gateway.runs.run import Accepted, Assignment, Policies
from gateway.runs.store import StoreUnavailable
from tests.runs.postgres.databases import fresh
from tests.runs.postgres.stores import POLICY, Gateway, a_run, in_loop, until
from tests.support.postgres import server

RATE, BURST = 50, 5
MANY = 900
"""Attempts in flight: here, none ends."""
PACED = msgspec.structs.replace(POLICY, concurrency=MANY, rate=RATE, burst=BURST)


class Begun(list[Assignment]):
    """What a gateway was given, and when."""

    def __init__(self, note: Callable[[], None]) -> None:
        super().__init__()
        self.note = note

    def append(self, given: Assignment) -> None:
        self.note()
        super().append(given)


class Together:
    """Gateways on one database, and when attempts began, whoever made them."""

    def __init__(self, database: str) -> None:
        self.database = database
        self.begun: list[float] = []

    def note(self) -> None:
        self.begun.append(time.monotonic())

    async def another(self) -> Gateway:
        one = Gateway(server(), self.database, Policies(1, {"orders": PACED}))
        one.started = Begun(self.note)
        one.take(MANY)
        await until(lambda: one.store.local.owner and one.store.is_connected)
        return one

    async def send(self, gateway: Gateway, runs: int) -> None:
        """As fast as they are taken."""
        for _ in range(runs):
            try:
                answer = await gateway.store.accept(a_run())
            except StoreUnavailable:
                return
            if isinstance(answer, Accepted) and answer.attempt:
                self.note()


@in_loop
async def test_gateways_that_come_and_go_never_start_more_than_the_rate() -> None:
    together = Together(await fresh())
    one = await together.another()
    origin = time.monotonic()
    sending = [asyncio.create_task(together.send(one, 400))]
    await until(lambda: len(together.begun) > 20)
    other = await together.another()
    sending.append(asyncio.create_task(together.send(other, 400)))
    await until(lambda: other.started, 30)
    third = await together.another()
    one.store.abort()
    await until(lambda: len(together.begun) > 400, 30)
    await other.store.close()
    before = len(together.begun)
    await until(lambda: third.started and len(together.begun) > before + 30, 60)
    await third.store.close()
    await asyncio.gather(*sending, return_exceptions=True)
    # Nothing was on its way at the origin.
    for number, at in enumerate(together.begun, 1):
        assert number <= BURST + RATE * (at - origin)
