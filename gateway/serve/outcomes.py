"""Where callers ask what became of their runs, each with the ticket that it was given."""

from __future__ import annotations

from msgspec import UNSET

from gateway.compile.answer import Answer
from gateway.compile.cors import Cors, is_preflight
from gateway.compile.exchange import Exchange
from gateway.compile.guards.attempts import Failures
from gateway.compile.outcome import ask_again, described, document, opened
from gateway.compile.prefer import preference_of
from gateway.errors import Forbidden, MethodNotAllowed, NoSuchTicket
from gateway.runs.run import Record
from gateway.runs.ticket import run_of
from gateway.runtime.runs import Runs
from gateway.runtime.runtime import Runtime
from gateway.serve.pages import Pages
from gateway.serve.target import judge_host

_NOBODY = "The ticket is wrong, or its run was removed: finished runs are kept for a time."


class Outcomes:
    """Answers below the outcome path. A ticket is a capability: it is in no log.

    Tickets that open nothing are alike, whatever is wrong with them, and count as failures of who
    shows them. One that opens something is always looked at: nobody finds one by trying.
    """

    def __init__(self, runtime: Runtime) -> None:
        path = runtime.settings.store.outcome_path
        self.prefix = f"{path}/".encode()
        self._shown = f"{path}/…"
        self._runtime = runtime
        self._failures = Failures("", UNSET, runtime)
        self._most = runtime.settings.limits.in_flight_per_hook
        self._waiting = 0

    async def __call__(self, exchange: Exchange, pages: Pages | None) -> Answer:
        """What became of a run; `pages` tell who may read it. Raises a Refusal."""
        judge_host(exchange.fields.get(b"host"))
        asks = exchange.method == "OPTIONS" and is_preflight(exchange)
        if exchange.method not in ("GET", "HEAD") and not asks:
            raise MethodNotAllowed("An outcome is asked for by GET.", ((b"allow", b"GET, HEAD"),))
        record = await self._record(exchange)
        if record is None:
            self._failures.charge(exchange)
            raise NoSuchTicket(_NOBODY)
        exchange.hook, exchange.run = record.hook, record.run
        cors = None if pages is None else pages.of(record.hook)
        if asks:
            return _preflight(exchange, cors)
        exchange.outcome = "told"
        own = () if record.state.final else (ask_again(record.next_attempt),)
        headers = () if cors is None else cors.headers(exchange)
        shown = described(opened(record, self._runtime.sealing))
        return document(200, shown, own, headers)

    def hide(self, exchange: Exchange) -> None:
        """Let the log have the path without the ticket."""
        exchange.path = self._shown

    async def _record(self, exchange: Exchange) -> Record | None:
        runs = self._runtime.runs
        if runs is None or not runs.stores:
            return None
        known = await runs.keys()
        ticket = exchange.raw_path[len(self.prefix) :].decode("latin-1")
        run = run_of(known.ticket_key, ticket)
        if run is None:
            return None
        # Who asks whether a page may ask does not wait for the run.
        waits = exchange.method != "OPTIONS"
        return await self._found(runs, run, preference_of(exchange).wait if waits else None)

    async def _found(self, runs: Runs, run: str, seconds: float | None) -> Record | None:
        """The run as it is, or as soon as it is final within so many seconds.

        Who waits has a place among the requests in flight: beyond the share that a hook has of
        them, nobody waits.
        """
        if seconds and self._waiting < self._most:
            self._waiting += 1
            try:
                found = await runs.outcome(run, seconds)
            finally:
                self._waiting -= 1
            if isinstance(found, Record):
                return found
        return await runs.store.record(run)


def _preflight(exchange: Exchange, cors: Cors | None) -> Answer:
    if cors is None:
        raise Forbidden("The hook does not allow pages of other origins.")
    return cors.outcome_preflight(exchange)
