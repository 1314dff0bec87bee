"""The attempts of this process: what it is given, begins and has to end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import structlog

from gateway.runs.postgres import owners
from gateway.runs.postgres.claiming import claim
from gateway.runs.postgres.link import Link
from gateway.runs.postgres.local_state import LocalState
from gateway.runs.postgres.maintenance import Maintenance
from gateway.runs.postgres.numbers import own_numbers
from gateway.runs.postgres.reconciling import Reconciler
from gateway.runs.postgres.session import Session
from gateway.runs.run import Assignment
from gateway.runs.store import StoreUnavailable

_AGAIN = 0.25
_AFTER_FAULT = 1.0
_LEAST = 0.005
_LEAVING = 1.0
_log = structlog.get_logger("gateway.store")


class DispatchLoop:
    """Does what time asks for, and claims what may start, when it is woken or time has come."""

    def __init__(self, local: LocalState, link: Link, works: bool, gateway: str) -> None:
        self.credit = 0
        self.me = owners.Self(gateway, lambda: self.credit > 0, partial(own_numbers, local))
        self._local = local
        self._link = link
        self._begin: Callable[[Assignment], None] = lambda _assignment: None
        self._end: Callable[[str, int], None] = lambda _run, _attempt: None
        self._reconciler = Reconciler(local)
        self._maintenance = Maintenance(local, link, self.me, self._let_go, self._find)
        self._wake = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._work = asyncio.create_task(self._go_on()) if works else None

    def deliver(
        self, start: Callable[[Assignment], None], stop: Callable[[str, int], None], credit: int
    ) -> None:
        """Ask for runs; see `RunStore`."""
        self._begin, self._end, self.credit = start, stop, credit
        self._local.joined(credit)
        self.changed()

    def retire(self) -> None:
        """Take no more."""
        self.deliver(self._begin, self._end, 0)

    def changed(self) -> None:
        """What the process is or what it serves is another now."""
        self._maintenance.soon()
        self._wake.set()

    def wake(self) -> None:
        """Something may start that could not before."""
        self._wake.set()

    def start(self, assignment: Assignment) -> None:
        """A run is this process's."""
        self._begin(assignment)

    def stop(self, run: str, attempt: int) -> None:
        """An attempt is no longer this process's."""
        self._local.let_go(run, attempt)
        self._end(run, attempt)

    async def take(self, every: bool = False) -> None:
        """One turn; `every`: whatever the time. Raises StoreUnavailable."""
        await self._maintenance.run(every)
        local = self._local
        while local.owner and (order := local.dispatcher.next_claim(local.now)) is not None:
            if local.is_stale(order.hook):
                await self._maintenance.refresh_owners()
                continue
            for assignment in await self._link.run(partial(claim, local, order)):
                self._begin(assignment)
            await self._maintenance.heartbeat()

    async def _go_on(self) -> None:
        while True:
            try:
                self._wake.clear()
                await self.take()
                await self._sleep()
            except StoreUnavailable:
                await asyncio.sleep(_AGAIN)
            except Exception:
                _log.exception("runs could not be claimed or tidied")
                await asyncio.sleep(_AFTER_FAULT)

    async def _sleep(self) -> None:
        opens = self._local.dispatcher.agenda.wakes(self._local.now) - self._local.now
        left = min(opens, self._maintenance.next - self._loop.time())
        with suppress(TimeoutError):
            async with asyncio.timeout(max(left, _LEAST)):
                await self._wake.wait()

    async def _let_go(self, session: Session) -> bool:
        for run, attempt in await self._reconciler.gone(session):
            self.stop(run, attempt)
        return False

    async def _find(self, session: Session) -> bool:
        for assignment in await self._reconciler.found(session):
            self._begin(assignment)
        return False

    async def close(self) -> None:
        """Take no more turns, and let others have what is left."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)
        if self._local.owner:
            with suppress(StoreUnavailable):
                await self._link.run(partial(owners.leave, self._local, self.me), _LEAVING, 0)
