"""One worker's connection: what came, what goes out, and whether the worker is still there."""

from __future__ import annotations

import socket
from collections import deque

import msgspec

from gateway.runs.sqlite.frames import Splitter, Unframed, encoded, framed
from gateway.runs.sqlite.messages import FromWorker

MIB = 1024 * 1024
_buffer = memoryview(bytearray(MIB))
"""For what is read at once; a new one each time would be a system call."""
SLOW = 8 * MIB
"""Bytes that a worker has not read; from there on it is assigned nothing."""
TOO_SLOW = 32 * MIB
"""The same, where the connection ends: its worker must not fill the store's memory."""
CLOSED = "it closed its connection"
"""Why a session is over whose worker has ended."""
SILENT = 6
"""Pings without an answer, after which the worker is believed to have stopped."""


class Session:
    """A worker, by the number that owns its runs. Nothing here blocks or raises."""

    def __init__(self, number: int, connection: socket.socket) -> None:
        self.number = number
        self.connection = connection
        self.inbox: deque[FromWorker] = deque()
        self.over = ""
        """Why nothing is read or sent any more, in words."""
        self.process = 0
        self.generation = 0
        self.credit = 0
        self.unanswered = 0
        """Pings since the worker said something."""
        self.writing = False
        """Whether the selector says when more can be sent."""
        self._splitter: Splitter[FromWorker] = Splitter(FromWorker)
        self._waiting: list[bytes] = []
        self._unsent = memoryview(b"")
        self._size = 0

    def read(self) -> None:
        """Take what is there into the inbox, if that is empty."""
        if self.inbox or self.over:
            return
        try:
            size = self.connection.recv_into(_buffer)
            self.unanswered = 0
            self.inbox += self._splitter.feed(_buffer[:size])
        except BlockingIOError:
            return
        except Unframed as error:
            self.over = f"it sent what is no message: {error}"
        except OSError as error:
            self.over = f"its connection failed: {error.strerror}"
        else:
            if not size:
                self.over = CLOSED

    def tell(self, message: msgspec.Struct) -> None:
        """Send with the next flush."""
        made = encoded(message)
        self._waiting.append(made)
        self._size += len(made)

    @property
    def slow(self) -> bool:
        """Whether the worker should be assigned nothing more."""
        return self._size > SLOW

    @property
    def unsent(self) -> int:
        """Bytes that the worker has not read."""
        return self._size

    def flush(self) -> None:
        """Send as much as the worker takes."""
        if self._waiting:
            rest = bytes(self._unsent)
            self._unsent = memoryview(rest + framed(self._waiting))
            self._waiting = []
        try:
            while self._unsent and not self.over:
                self._unsent = self._unsent[self.connection.send(self._unsent) :]
        except BlockingIOError:
            pass
        except OSError as error:
            self.over = f"its connection failed: {error.strerror}"
        self._size = len(self._unsent)
        if self._size > TOO_SLOW:
            self.over = "it does not read what it is told"

    def close(self) -> None:
        """Let go of the connection."""
        self.connection.close()
