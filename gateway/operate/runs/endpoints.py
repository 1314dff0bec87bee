"""The endpoints below `/-/runs`: list, show, replay, cancel."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import structlog

from gateway.compile.answer import Answer
from gateway.compile.exchange import Exchange
from gateway.errors import Conflict, Malformed, NoSuchRun
from gateway.operate.answers import answer_json
from gateway.operate.runs.asked import BackupCommand, BulkCommand, Command, body_of, query_of
from gateway.operate.runs.replaying import changed_since, gate_for_replay, refuse_changed
from gateway.operate.runs.shown import shown_detail, shown_payload, shown_run
from gateway.operate.store_access import Reached
from gateway.operate.view import HooksView
from gateway.runs.invocation import decode
from gateway.runs.run import Record
from gateway.runs.sealed import UnreadableError, of_request
from gateway.runs.selection import Changed, Detail, Selection
from gateway.runtime.sealing import Sealing

_log = structlog.get_logger("gateway.runs")
Endpoint = Callable[[Exchange], Awaitable[Answer]]
OfRun = Callable[[Exchange, str], Awaitable[Answer]]


class RunEndpoints:
    """Answers operators who have shown the admin token. Everything may raise StoreUnavailable."""

    def __init__(self, view: HooksView, sealing: Sealing) -> None:
        self._view = view
        self._sealing = sealing
        self._fixed: dict[str, dict[str, Endpoint]] = {
            "/-/runs": {"GET": self._list},
            "/-/runs/replay": {"POST": self._replay_many},
            "/-/runs/cancel": {"POST": self._cancel_many},
            "/-/runs/backup": {"POST": self._backup},
        }
        self._of_run: dict[tuple[str, str], OfRun] = {
            ("GET", ""): self._show,
            ("GET", "payload"): self._payload,
            ("POST", "replay"): self._replay,
            ("POST", "cancel"): self._cancel,
        }

    def of(self, path: str) -> dict[str, Endpoint]:
        """What answers on a path, by method."""
        if path in self._fixed:
            return self._fixed[path]
        run, _, rest = path.removeprefix("/-/runs/").partition("/")
        if not path.startswith("/-/runs/") or not run:
            return {}

        def of_run(endpoint: OfRun) -> Endpoint:
            return lambda exchange: endpoint(exchange, run)

        return {
            method: of_run(endpoint)
            for (method, known), endpoint in self._of_run.items()
            if known == rest
        }

    async def _list(self, exchange: Exchange) -> Answer:
        query = query_of(exchange)
        page = await (await self._store()).list(query)
        shown = [shown_run(self._known(one)) for one in page.runs]
        return answer_json(200, {"runs": shown, "next": page.next})

    async def _show(self, _exchange: Exchange, run: str) -> Answer:
        detail = await self._detail(run)
        changed = changed_since(self._view, detail.record.hook, detail.gate)
        detail = msgspec.structs.replace(detail, record=self._known(detail.record))
        return answer_json(200, shown_detail(detail, changed))

    async def _payload(self, exchange: Exchange, run: str) -> Answer:
        hook = (await self._detail(run)).record.hook
        stored = await (await self._store()).payload(run)
        if stored is None:
            raise NoSuchRun(_unknown(run))
        try:
            payload = decode(self._sealing.open(stored, of_request(hook)))
        except UnreadableError as error:
            raise Conflict(f"The payload cannot be shown: {error}.") from None
        _log.warning("the payload of a run was shown", run=run, **_who(exchange))
        return answer_json(200, shown_payload(payload))

    async def _replay(self, exchange: Exchange, run: str) -> Answer:
        command = await body_of(exchange, Command)
        detail = await self._detail(run)
        hook = detail.record.hook
        gate_for_replay(self._view, hook)
        changed = changed_since(self._view, hook, detail.gate)
        if not command.anyway:
            refuse_changed(hook, changed)
        which = Selection(runs=(run,), dry_run=command.dry_run)
        done = await (await self._store()).replay(which, anew=command.anew)
        if not done.matched:
            raise Conflict(_not_replayed(detail, command.anew))
        _told("runs replayed", done, exchange, hook, command, changed)
        return _answer(done)

    async def _cancel(self, exchange: Exchange, run: str) -> Answer:
        command = await body_of(exchange, Command)
        detail = await self._detail(run)
        which = Selection(runs=(run,), dry_run=command.dry_run)
        done = await (await self._store()).cancel(which)
        if not done.matched:
            raise Conflict(f"The run is {detail.record.state}, so there is nothing to cancel.")
        _told("runs cancelled", done, exchange, detail.record.hook, command)
        return _answer(done)

    async def _replay_many(self, exchange: Exchange) -> Answer:
        command = await body_of(exchange, BulkCommand)
        gate = gate_for_replay(self._view, command.hook)
        which = command.selection(None if command.anyway else gate)
        done = await (await self._store()).replay(which, anew=command.anew)
        _told("runs replayed", done, exchange, command.hook, command)
        return _answer(done)

    async def _cancel_many(self, exchange: Exchange) -> Answer:
        command = await body_of(exchange, BulkCommand)
        done = await (await self._store()).cancel(command.selection(None))
        _told("runs cancelled", done, exchange, command.hook, command)
        return _answer(done)

    async def _backup(self, exchange: Exchange) -> Answer:
        file = Path((await body_of(exchange, BackupCommand)).file)
        _check_new(file)
        size = await (await self._store()).backup(file)
        _log.warning("the store was copied", file=str(file), bytes=size, **_who(exchange))
        return answer_json(200, {"file": str(file), "bytes": size})

    def _known(self, record: Record) -> Record:
        """Without hooks, nobody knows whether a run is held."""
        if self._view.generation is None:
            return msgspec.structs.replace(record, held="")
        return record

    async def _store(self) -> Reached:
        return await self._view.store.store()

    async def _detail(self, run: str) -> Detail:
        detail = await (await self._store()).show(run)
        if detail is None:
            raise NoSuchRun(_unknown(run))
        return detail


def _check_new(file: Path) -> None:
    """Raises Malformed and Conflict for what cannot become a copy."""
    if not file.is_absolute() or "\0" in str(file):
        raise Malformed("file is an absolute path on the machine of the gateway.")
    # Unlike those of Path, these never raise; a dangling link is there, too.
    there = os.path.lexists(file)
    if there or not os.path.isdir(file.parent):
        why = "exists already" if there else "is in a directory that does not exist"
        raise Conflict(f"The file {why} on the machine of the gateway.")


def _unknown(_run: str) -> str:
    return "No run has this id. Finished runs are removed after the retention of their hook."


def _not_replayed(detail: Detail, anew: bool) -> str:
    state = detail.record.state
    if state.final and not anew:
        return (
            f'The run is {state}. To run it again under a new id, replay it with "anew" (--anew).'
        )
    return f"The run is {state}, so it is not replayed: it has not ended."


def _answer(done: Changed) -> Answer:
    """202 where there is more to do: the request is sent again with `after` set to `next`."""
    return answer_json(202 if done.next else 200, msgspec.to_builtins(done))


def _told(
    event: str,
    done: Changed,
    exchange: Exchange,
    hook: str,
    command: Command | BulkCommand,
    changed_since: tuple[str, ...] = (),
) -> None:
    """Log what was done, and by whom."""
    if not done.changed:
        return
    more = (
        {"anyway": command.anyway, "changed_since": list(changed_since)} if command.anyway else {}
    )
    named = {"run": done.runs[0]} if done.changed == 1 else {}
    _log.warning(event, hook=hook, count=done.changed, **named, **more, **_who(exchange))


def _who(exchange: Exchange) -> dict[str, Any]:
    return {
        "client": exchange.client,
        "credential": exchange.credential,
        "request_id": exchange.request_id,
    }
