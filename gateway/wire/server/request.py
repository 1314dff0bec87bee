"""One request: its body as it comes, its task, and its end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from gateway.wire.server.answer import Answer
from gateway.wire.server.refused import Fields, Refused

if TYPE_CHECKING:
    from gateway.wire.server.connection import Connection

Message = dict[str, Any]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

DISCONNECT: Message = {"type": "http.disconnect"}
UNEXPECTED = Refused(500, "unexpected", "The gateway's log has the details.")


class Request(Answer):
    """From its head to its answer. `receive` and `send` are the app's side (ASGI 3).

    An app finds it in the scope under `gateway.request`: `fields` are the header fields by name,
    `length` is the body's, None where its end will tell, and `whole`, `respond` and `give` are
    shorter ways than ASGI's.
    """

    __slots__ = (
        "_body",
        "_taken",
        "_task",
        "_waiter",
        "chunks",
        "complete",
        "failure",
        "fields",
        "gone",
        "length",
        "received",
        "remaining",
        "waits",
        "wanted",
    )

    def __init__(
        self,
        connection: Connection,
        method: str,
        fields: Fields,
        length: int | None,
        waits: bool,
        keep: bool,
    ) -> None:
        self._connection = connection
        self._to_head = method == "HEAD"
        self.keep = keep
        self.begun = self.done = self._chunked = False
        self._start = self._left = None
        self.fields = fields
        self.length = length
        self.remaining = length or 0
        """Bytes of the body to come, where its length is known."""
        self.waits = waits
        """Whether the caller waits for 100 Continue before it sends its body."""
        self.complete = False
        self.gone = False
        """Whether the caller left; nothing is written to it any more."""
        self.failure: Refused | None = None
        self.received = 0
        """Bytes of the body that came."""
        self.wanted = True
        """Whether the body is kept; it is thrown away once the answer is out."""
        self.chunks = 0
        self._body: bytes | bytearray = b""
        self._taken = False
        self._task: asyncio.Task[None] | None = None
        self._waiter: asyncio.Future[None] | None = None

    @property
    def unread(self) -> int:
        """Bytes of the body that the app has not asked for."""
        return len(self._body)

    @property
    def receiving(self) -> bool:
        """Whether the app waits for more of the body."""
        return self._waiter is not None

    def start(self, app: App, scope: Scope) -> None:
        # Made here, because the loop would give each a name that is counted and formatted.
        loop = self._connection.loop
        self._task = asyncio.Task(self._run(app, scope), loop=loop, name="request")

    def add(self, data: bytes) -> None:
        """More of the body came."""
        self.waits = False
        self.received += len(data)
        if not self.wanted:
            return
        body = self._body
        if not body:
            self._body = data
        elif isinstance(body, bytearray):
            body += data
        else:
            self._body = bytearray(body) + data
        if self._waiter is not None:
            self.wake()

    def take(self, data: bytes) -> None:
        """More of a body came whose length is known."""
        self.remaining -= len(data)
        self.add(data)
        if not self.remaining:
            self.end()

    def end(self) -> None:
        """The body is whole."""
        self.complete = True
        self._connection.body_is_whole()
        if self._waiter is not None:
            self.wake()

    def fail(self, failure: Refused) -> None:
        """The body will not become whole: `receive` says why."""
        self.failure = failure
        self.keep = False
        self.wake()

    def wake(self) -> None:
        waiter = self._waiter
        if waiter is not None:
            self._waiter = None
            if not waiter.done():
                waiter.set_result(None)

    def whole(self) -> bytes | None:
        """The whole body, where it came whole with its head; else None, and it is received."""
        if not self.complete or self._taken:
            return None
        self._taken = True
        body, self._body = self._body, b""
        return body if isinstance(body, bytes) else bytes(body)

    def take_rest(self) -> None:
        """Forget what of the body is here."""
        self._body = b""

    def _take(self) -> bytes:
        body, self._body = self._body, b""
        self._taken = complete = self.complete
        if not complete:
            self._connection.body_was_taken()
        return body if isinstance(body, bytes) else bytes(body)

    async def receive(self) -> Message:
        """The next part of the body (ASGI `http.request`), or `http.disconnect`.

        Raises Refused where the body is late, broken or in too many pieces.
        """
        if self.waits:
            self.waits = False
            self._connection.ask_for_body()
        while not self.gone and not self.done:
            if self._body or (self.complete and not self._taken):
                body = self._take()
                return {"type": "http.request", "body": body, "more_body": not self._taken}
            if self.failure is not None:
                raise self.failure
            waiter = self._waiter = self._connection.loop.create_future()
            await waiter
        return DISCONNECT

    def leave(self) -> None:
        """The caller left: who waits for it is told, all else is cancelled."""
        waiting = self.receiving
        self.gone = True
        if waiting:
            self.wake()
            self._connection.loop.call_later(self._connection.limits.tick, self._cancel)
        else:
            self._cancel()

    def _cancel(self) -> None:
        if self._task is not None and not self.done:
            self._task.cancel()

    async def _run(self, app: App, scope: Scope) -> None:
        try:
            await app(scope, self.receive, self.send)
        except Refused as refused:
            self._close(refused)
        except asyncio.CancelledError:
            self._close(UNEXPECTED)
        except Exception as error:
            if not self.gone:  # an app may raise for a caller that left
                self._connection.report(error)
            self._close(UNEXPECTED)
        else:
            if not self.done:
                self._close(UNEXPECTED)
        finally:
            self._task = None

    def _close(self, refused: Refused) -> None:
        """Nothing more comes of the app: the caller gets a true answer, or a broken one."""
        if self.done:
            return
        if self.gone or self.begun:
            self.done = True
            self._connection.abort()
        else:
            self._connection.refuse(refused)
