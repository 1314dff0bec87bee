"""The workers that are connected: who comes and goes, what they say, and what they are told."""

from __future__ import annotations

import os
import selectors
import socket
import struct
from contextlib import suppress
from pathlib import Path

import structlog

from gateway.runs.dispatcher import Dispatcher
from gateway.runs.sqlite.lookup_handler import Lookup
from gateway.runs.sqlite.messages import (
    Accept,
    Credit,
    Drain,
    FromWorker,
    Hello,
    Ping,
    Pong,
    Report,
    Serving,
    Welcome,
)
from gateway.runs.sqlite.recovery import Recovery
from gateway.runs.sqlite.session import CLOSED, SILENT, Session
from gateway.runs.sqlite.unit_of_work import UnitOfWork
from gateway.runs.sqlite.writer import Left, Task

MESSAGES = 1000
"""Handled in one turn."""
BACKLOG = 128
_CREDENTIALS = struct.Struct("3i")
_READ, _BOTH = selectors.EVENT_READ, selectors.EVENT_READ | selectors.EVENT_WRITE
_log = structlog.get_logger("gateway.store")


class SessionServer:
    """Sessions by number. No number is given twice, or to the owner of a run in the file."""

    def __init__(
        self, unit: UnitOfWork, recovery: Recovery, selector: selectors.BaseSelector
    ) -> None:
        self._unit = unit
        self._dispatcher: Dispatcher = unit.dispatcher
        self._recovery = recovery
        self._selector = selector
        self._sessions: dict[int, Session] = {}
        owner = "SELECT coalesce(max(owner), 0) FROM run INDEXED BY run_running WHERE state=2"
        self._last = unit.db.number(owner)
        meta = dict(unit.db.execute("SELECT key, value FROM meta").fetchall())
        self._keys = (meta["store_id"], meta["ticket_key"], meta["key_key"])
        self._path = ""
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

    def listen(self, path: str) -> None:
        """Let workers of this user connect. What is at the path was a store's that is gone."""
        self._path = path
        Path(path).unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            self._listener.bind(path)
        finally:
            os.umask(before)
        self._listener.listen(BACKLOG)
        self._listener.setblocking(False)
        self._selector.register(self._listener, _READ, self._join)

    def _join(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return
        told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        if _CREDENTIALS.unpack(told)[1] != os.getuid():
            connection.close()
            return
        connection.setblocking(False)
        self._last += 1
        session = self._sessions[self._last] = Session(self._last, connection)
        self._selector.register(connection, _READ, session.read)

    @property
    def empty(self) -> bool:
        """Whether no worker is connected."""
        return not self._sessions

    @property
    def pending(self) -> bool:
        """Whether something was read and not handled."""
        return any(one.inbox or one.over for one in self._sessions.values())

    def heard(self) -> tuple[list[Task], list[tuple[int, Lookup]]]:
        """What came: what is to be written, and what is to be answered after that."""
        tasks: list[Task] = []
        lookups: list[tuple[int, Lookup]] = []
        share = max(MESSAGES // max(len(self._sessions), 1), 1)
        for session in list(self._sessions.values()):
            for _ in range(min(share, len(session.inbox))):
                self._sort(session, session.inbox.popleft(), tasks, lookups)
            if session.over and not session.inbox:
                self._leave(session)
                tasks.append((session.number, Left()))
        return tasks, lookups

    def _sort(
        self, session: Session, message: FromWorker, tasks: list[Task],
        lookups: list[tuple[int, Lookup]],
    ) -> None:  # fmt: skip
        match message:
            case Accept() | Report():
                tasks.append((session.number, message))
            case Hello():
                self._greet(session, message)
            case Serving():
                session.generation = message.generation
                self._place(session)
            case Credit():
                session.credit = message.credit
                self._place(session)
            case Drain():
                session.credit = 0
                self._place(session)
                lookups.append((session.number, message))
            case Pong():
                pass
            case _:
                lookups.append((session.number, message))

    def _greet(self, session: Session, hello: Hello) -> None:
        session.process, session.generation = hello.process, hello.generation
        self._place(session)
        self._unit.tell(session.number, Welcome(session.number, *self._keys))
        self._recovery.greet(session.number, hello)

    def _place(self, session: Session) -> None:
        """Tell the dispatcher what the worker may have; nothing while it does not read."""
        credit = 0 if session.slow else session.credit
        self._dispatcher.joined(session.number, session.generation, credit, self._unit.seconds)

    def _leave(self, session: Session) -> None:
        self._dispatcher.left(session.number, self._unit.seconds)
        del self._sessions[session.number]
        self._selector.unregister(session.connection)
        session.close()
        # A worker that ends closes its connection: the supervisor tells of one that was killed.
        log = _log.debug if session.over == CLOSED else _log.warning
        log("a worker left the store", process=session.process, reason=session.over)

    def tell(self) -> None:
        """Send what was decided, as far as the workers take it."""
        told, self._unit.told = self._unit.told, []
        for number, message in told:
            if (session := self._sessions.get(number)) is not None:
                session.tell(message)
        for session in self._sessions.values():
            self._flush(session)

    def _flush(self, session: Session) -> None:
        if not session.unsent:
            return
        slow = session.slow
        session.flush()
        if session.writing != bool(session.unsent):
            session.writing = not session.writing
            events = _BOTH if session.writing else _READ
            self._selector.modify(session.connection, events, session.read)
        if session.slow != slow:
            self._place(session)

    def ping(self) -> bool:
        """Ask every worker whether it is there, and leave those that were asked often enough."""
        for session in self._sessions.values():
            session.unanswered += 1
            if session.unanswered > SILENT:
                session.over = session.over or "it does not answer"
                session.inbox.clear()
            else:
                session.tell(Ping())
        return False

    def close(self) -> None:
        """Send the last words, and let go of everybody."""
        self.tell()
        for session in self._sessions.values():
            session.close()
        self._listener.close()
        with suppress(OSError):
            os.unlink(self._path)
