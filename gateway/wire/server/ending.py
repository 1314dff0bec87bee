"""What ends a request or its connection: malformed bytes, lateness, a caller that leaves."""

from __future__ import annotations

from functools import partial

import httptools

from gateway.wire.server.answer import CLOSE
from gateway.wire.server.fields import Head
from gateway.wire.server.intake import Intake
from gateway.wire.server.link import Link
from gateway.wire.server.phase import (
    BODY,
    BUSY,
    CLOSING,
    DISCARD,
    HEAD,
    IDLE,
    LINGER,
    NEVER,
    WRITING,
)
from gateway.wire.server.refused import AnswerFields, Refused, RequestHead, incomplete, malformed
from gateway.wire.server.request import UNEXPECTED, Request

LATE_HEAD = Refused(408, "header-timeout", "The request head did not arrive in time.")
LATE_BODY = Refused(408, "body-timeout", "The body did not arrive in time; send it faster.")
BROKEN_OFF = incomplete("The connection ended in the middle of the body.")


class Ending(Link):
    """A link that parses, and answers by itself what no app can."""

    __slots__ = ("intake",)
    intake: Intake

    @property
    def in_work(self) -> bool:
        """Whether a request or a part of one is here."""
        return self.phase != IDLE and (self.request is not None or self.intake.begun)

    def take(self, data: bytes) -> None:
        """Parse; what cannot be parsed is the last that is read."""
        try:
            self.intake.take(data)
        except Refused as refused:
            self._stop(refused)
        except httptools.HttpParserCallbackError as error:
            cause = error.__context__
            if isinstance(cause, Refused):
                self._stop(cause)
            else:
                self.report(cause if isinstance(cause, Exception) else error)
                self._stop(UNEXPECTED)
        except httptools.HttpParserError as error:
            self._stop(malformed(f"The request is not well-formed HTTP/1.1 ({error})."))

    def _stop(self, refused: Refused) -> None:
        """Nothing behind this can be told apart: the caller learns why, and must reconnect."""
        request = self.request
        self.dead = True
        self.mark = 0
        if request is None:
            self.refuse(refused)
        elif self.phase == DISCARD:
            self.end(linger=True)
        elif not request.complete:
            self._fail(refused)

    def _fail(self, refused: Refused) -> None:
        """The body in work will not come: the app is told, and answers."""
        self.dead = True
        self.mark = 0
        if self.phase == BODY:
            self.phase = BUSY
            self.deadline = NEVER
        if self.request is not None:
            self.request.fail(refused)

    def refuse(self, refused: Refused) -> None:
        """Answer without the app, and end."""
        request, intake = self.request, self.intake
        if request is not None:
            request.done = True
        self.dead = True
        self.mark = 0
        method = intake.method
        head = RequestHead(self.client, method, intake.url, intake.fields)
        status, fields, body = self.shared.worded(refused, head)
        self._say(status, fields, body, to_head=method == "HEAD")
        self.when_written(partial(self.end, linger=True))

    def _say(self, status: int, fields: AnswerFields, body: bytes, *, to_head: bool) -> None:
        head = Head(status)
        head.add(fields)
        if head.length is None:
            head.line(b"content-length: %d\r\n" % len(body))
        head.line(self.shared.date)
        head.line(CLOSE)
        self.write(head.sealed(), b"" if to_head else body)

    def report(self, error: Exception) -> None:
        self.shared.report(error)

    def late(self) -> None:
        """The sweep found the deadline passed."""
        request = self.request
        if self.phase == BODY and request is not None:
            self.deadline = self.body_deadline(request)
            if self.deadline <= self.shared.now:
                self._fail(LATE_BODY)
        elif self.phase == WRITING and not self.reads_too_slowly():
            self.measure_writing()
        elif self.phase == HEAD and self.intake.begun:
            self.refuse(LATE_HEAD)
        elif self.phase in (WRITING, CLOSING):
            self.reset()
        else:
            self.abort()

    def eof_received(self) -> bool:
        """The caller sends nothing more, which is taken as leaving (as nginx takes it).

        What came whole before has its first turn, and is answered if that suffices.
        """
        self.ended = True
        self.loop.call_soon(self.left, self.request)
        return True

    def left(self, request: Request | None) -> None:
        """The caller said it will send nothing more, when `request` was in work."""
        # A request that began since has not had its turn: it is left by a call of its own.
        if self.lost or self.request is not request:
            return
        if self.phase == WRITING and (request is None or request.done):
            return  # what was said whole is still read
        if request is None or self.phase in (DISCARD, LINGER):
            self.close()
        elif request.complete or request.failure is not None or not request.receiving:
            request.leave()
        else:
            self._fail(BROKEN_OFF)

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        self.deadline = NEVER
        self.shared.forget(self)
        request, self.request = self.request, None
        if request is not None:
            # After its first step: a task that never began could not tell that it ended.
            self.loop.call_soon(request.leave)
        self.tell_written()
