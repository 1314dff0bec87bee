"""The store process: one thread that waits for messages, writes what came together, and answers.

There is no timer behind a commit: while the disk works, the next batch gathers in the sockets.
"""

from __future__ import annotations

import gc
import math
import random
import selectors
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec
import structlog

from gateway.runs.dispatcher import Dispatcher
from gateway.runs.run import Ordered, Policies, State
from gateway.runs.sqlite.accepting import Capacity
from gateway.runs.sqlite.clock import Clock
from gateway.runs.sqlite.control import (
    Alive,
    Ask,
    Failed,
    Ready,
    Serve,
    Stop,
    StoreSettings,
    ToStore,
)
from gateway.runs.sqlite.database import Database
from gateway.runs.sqlite.fault import TRY_AGAIN, Fault, Unreadable, damaged, fault
from gateway.runs.sqlite.fitness import check
from gateway.runs.sqlite.loading import load
from gateway.runs.sqlite.lock import leave, lock
from gateway.runs.sqlite.lookup_handler import LookupHandler
from gateway.runs.sqlite.maintenance import Maintenance
from gateway.runs.sqlite.numbers import stats
from gateway.runs.sqlite.purging import move_lanes
from gateway.runs.sqlite.recovery import Recovery
from gateway.runs.sqlite.reserve import Reserve
from gateway.runs.sqlite.session_server import SessionServer
from gateway.runs.sqlite.unit_of_work import UnitOfWork
from gateway.runs.sqlite.watermark import Watermark
from gateway.runs.sqlite.writer import Writer

ALONE = 60_000
"""Milliseconds that workers have to finish once the supervisor is gone."""
BACKUP_PAGES = 100
_LONGEST = 60.0
_log = structlog.get_logger("gateway.store")
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(ToStore).decode


def main(
    pipe: Connection[Any, Any],
    clock: Clock | None = None,
    share: Callable[[], float] = random.random,
) -> int:
    """Keep runs until told to stop. `pipe` leads to the supervisor, whose first message are the
    settings. Returns the exit status.
    """
    path = "the store"
    try:
        settings = _decode(pipe.recv_bytes())
        assert isinstance(settings, StoreSettings)  # noqa: S101 - what the supervisor says first
        path = f"{settings.state}/runs.db"
        Store(pipe, settings, clock or Clock(), share).run()
    except EOFError:
        return 0
    except Fault as error:
        return _failed(pipe, error)
    except sqlite3.Error as error:
        return _failed(pipe, fault(error, path))
    except Unreadable as error:
        return _failed(pipe, damaged(error, path))
    except OSError as error:
        name = error.filename or path
        return _failed(pipe, Fault(TRY_AGAIN, f"{name} cannot be used: {error.strerror}"))
    return 0


def _failed(pipe: Connection[Any, Any], error: Fault) -> int:
    _log.error("the store ends", reason=str(error), status=error.status)
    with suppress(OSError):
        pipe.send_bytes(_encode(Failed(str(error))))
    return error.status


class Store:
    """Everything that the process is made of."""

    def __init__(
        self,
        pipe: Connection[Any, Any],
        settings: StoreSettings,
        clock: Clock,
        share: Callable[[], float],
    ) -> None:
        self._pipe = pipe
        self._clock = clock
        self._socket = settings.socket
        state = Path(settings.state)
        self._lock = lock(state)
        self._db = Database(state / "runs.db", settings.size, clock.now())
        reserve = Reserve(state / "runs.reserve", settings.reserve)
        if not reserve.take():
            _log.error(
                "the disk is nearly full: nothing is accepted until there is room",
                directory=str(state), hint=f"free at least {2 * settings.reserve >> 20} MiB there",
            )  # fmt: skip
        check(self._db, settings)
        self._dispatcher = Dispatcher(settings.target_concurrency, share)
        self._unit = UnitOfWork(self._db, self._dispatcher, share)
        self._unit.now = clock.now()
        self._dispatcher.begins_full = not self._unit.last_sequence
        self._watermark = Watermark(state / "runs.mark", self._unit)
        recovery = Recovery(self._unit, load(self._unit), settings.workers)
        capacity = Capacity(self._unit, reserve, settings.size, settings.runs)
        look_around = partial(stats, self._unit, settings, clock, clock.now())
        self._writer = Writer(self._unit, capacity, reserve)
        self._handler = LookupHandler(self._unit, self._writer.judge, look_around)
        self._selector = selectors.DefaultSelector()
        self._server = SessionServer(self._unit, recovery, self._selector)
        self._maintenance = Maintenance(self._unit, clock, recovery, reserve, self._server.ping)
        self._ordered: dict[str, Ordered] | None = None
        self._more = False
        self._stopping = False
        self._backing_up = False
        self._alone_until = math.inf

    def run(self) -> None:
        """Serve until told to stop, then leave the file without a log beside it."""
        while self._ordered is None and not self._stopping:
            self._told()
        self._server.listen(self._socket)
        self._selector.register(self._pipe, selectors.EVENT_READ, self._told)
        self._say(Ready(self._unit.unfinished))
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        while not self._stopping:
            self._turn(self._patience())
        self._server.close()
        self._db.close()
        self._watermark.close()

    def _turn(self, seconds: float) -> None:
        """Wait so long for something to come, at most; then do it, and a little of the rest."""
        for key, _events in self._selector.select(seconds):
            key.data()
        unit, handler = self._unit, self._handler
        unit.now = max(unit.now, self._clock.now())
        tasks, lookups = self._server.heard()
        before = unit.last_sequence
        self._more = self._writer.write(tasks)
        for session, message in lookups:
            handler.look_up(session, message)
        handler.step()
        # Where all are refused for want of room, making room comes first.
        self._maintenance.step(busy=unit.last_sequence > before)
        handler.tell_watchers()
        self._watermark.step()
        unit.log_ends()
        self._server.tell()
        self._back_up()
        if (self._server.empty and self._alone_until < math.inf) or unit.now >= self._alone_until:
            self._stopping = True

    def _patience(self) -> float:
        """Seconds until something is to be done that nobody asks for."""
        if self._more or self._writer.busy or self._handler.busy or self._server.pending:
            return 0
        unit = self._unit
        claims = max(self._dispatcher.agenda.wakes(unit.seconds) * 1000, self._writer.claims_from)
        until = min(claims, self._maintenance.next, self._handler.watchers.next, self._alone_until)
        return min(max(until - self._clock.now(), 0) / 1000, _LONGEST)

    def _told(self) -> None:
        """What the supervisor says. Without one, the workers finish, and so does the store."""
        try:
            message = _decode(self._pipe.recv_bytes())
        except (EOFError, OSError):
            if self._ordered is None:
                self._stopping = True
                return
            _log.error("the supervisor ended: the store ends after the workers")
            self._selector.unregister(self._pipe)
            leave(self._lock)
            self._alone_until = self._unit.now + ALONE
            return
        if isinstance(message, Serve):
            self._follow(message.policies)
        elif isinstance(message, Ask):
            self._say(Alive())
        elif isinstance(message, Stop):
            self._stopping = True

    def _follow(self, policies: Policies) -> None:
        """Take another generation; lanes that stood may go on with it."""
        unit, before = self._unit, self._ordered or {}
        unit.now = max(unit.now, self._clock.now())
        self._dispatcher.follow(policies, unit.seconds)
        self._ordered = {name: policy.ordered for name, policy in policies.hooks.items()}
        moved = [
            name
            for name, ordered in self._ordered.items()
            if before.get(name) != ordered
            and self._dispatcher.agenda.queue(name).counts[State.WAITING]
        ]
        if moved:
            self._handler.begin(0, 0, move_lanes(unit, moved))

    def _say(self, message: msgspec.Struct) -> None:
        with suppress(OSError):
            self._pipe.send_bytes(_encode(message))

    def _back_up(self) -> None:
        """Copy the file, with a turn after each hundred pages; one copy at a time."""
        if self._backing_up or not self._handler.backups:
            return
        session, question = self._handler.backups.popleft()
        self._backing_up = True
        try:
            self._handler.answer(session, question.number, self._copied(Path(question.path)))
        except (OSError, ValueError, sqlite3.Error) as error:
            why = getattr(error, "strerror", None) or error
            self._handler.decline(session, question.number, f"The copy failed: {why}.")
        finally:
            self._backing_up = False

    def _copied(self, path: Path) -> int:
        self._db.backup(path, BACKUP_PAGES, lambda *_: self._turn(0))
        return path.stat().st_size
