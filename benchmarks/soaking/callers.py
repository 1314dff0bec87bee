"""Callers that give each request a number and write down what became of it."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

TOKEN = "the-token-of-the-benchmarks"
PATIENCE = 30.0
REQUESTS_OF_A_CONNECTION = 200
"""After which a caller connects anew: to another worker, perhaps to one that has just started."""
LEAVE_AFTER = (0.0, 0.001, 0.01, 0.1)


@dataclass
class Account:
    """What became of the requests. `answered` counts by hook and status, `problems` also what
    answers other than 2xx say; `succeeded` are the numbers that were answered 2xx. `cut` ended
    without an answer on a connection of a worker that was killed, `lost` elsewhere. `left` are
    those that nobody waited for, `slow` the slow clients that came to an end.
    """

    answered: Counter[tuple[str, int]] = field(default_factory=Counter)
    problems: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    succeeded: list[int] = field(default_factory=list)
    cut: int = 0
    lost: list[str] = field(default_factory=list)
    left: int = 0
    slow: int = 0
    numbers: itertools.count[int] = field(default_factory=itertools.count)
    open: dict[int, Connection] = field(default_factory=dict)
    """Connections by their own port."""
    killed: dict[int, float] = field(default_factory=dict)
    """Other ports that a killed worker had a connection of, and when: the caller may just have
    connected without knowing it yet.
    """


class Connection:
    """One connection to the gateway; `killed` once the worker behind it was."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.killed = False
        self.port: int = writer.get_extra_info("sockname")[1]

    async def answer(self) -> tuple[int, bytes]:
        """Status and body of the next answer. Raises EOFError and OSError where none comes."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        return int(head[9:12]), await self.reader.readexactly(int(length))


class Caller:
    """Calls one hook, one request after the other, until it is told to stop."""

    def __init__(self, port: int, hook: str, account: Account) -> None:
        self._port = port
        self._hook = hook
        self._account = account

    async def call_until(self, over: asyncio.Event) -> None:
        """Call; the last request is waited for."""
        while not over.is_set():
            try:
                connection = await self._connect()
            except OSError as error:
                self._account.lost.append(f"{self._hook}: {error!r}")
                await asyncio.sleep(0.1)
                continue
            try:
                for _ in range(REQUESTS_OF_A_CONNECTION):
                    if over.is_set() or not await self._call(connection):
                        break
            finally:
                self._account.open.pop(connection.port, None)
                connection.writer.close()

    async def leave_until(self, over: asyncio.Event) -> None:
        """Send requests and go away without waiting for the answers."""
        for pause in itertools.cycle(LEAVE_AFTER):
            if over.is_set():
                return
            connection = await self._connect()
            connection.writer.write(request(self._hook, next(self._account.numbers)))
            await asyncio.sleep(pause)
            self._account.left += 1
            del self._account.open[connection.port]
            connection.writer.transport.abort()
            await asyncio.sleep(0.02)

    async def _connect(self) -> Connection:
        begun = time.monotonic()
        connection = Connection(*await asyncio.open_connection("127.0.0.1", self._port))
        connection.killed = self._account.killed.pop(connection.port, 0.0) >= begun
        self._account.open[connection.port] = connection
        return connection

    async def _call(self, connection: Connection) -> bool:
        """One request. Returns whether the connection lasts."""
        number, account = next(self._account.numbers), self._account
        try:
            connection.writer.write(request(self._hook, number))
            async with asyncio.timeout(PATIENCE):
                status, body = await connection.answer()
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
            if connection.killed:
                account.cut += 1
            else:
                account.lost.append(f"{self._hook} {number}: {error!r}")
            return False
        account.answered[self._hook, status] += 1
        if 200 <= status < 300:
            account.succeeded.append(number)
        else:
            account.problems[self._hook, status, _type_of(body)] += 1
        return True


def _type_of(body: bytes) -> str:
    """The code and the detail of a problem (RFC 9457) of the gateway; workflows answer without."""
    try:
        problem = json.loads(body)
        return f"{problem['type'].rpartition(':')[2]}: {problem['detail']}"
    except (ValueError, KeyError, TypeError):
        return "the workflow's"


async def trickle_until(over: asyncio.Event, port: int, start: bytes, account: Account) -> None:
    """Send `start` and then a byte a second, again and again: a caller that is never done."""
    while not over.is_set():
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with suppress(OSError):
            writer.write(start)
            while not over.is_set() and not writer.is_closing():
                writer.write(b"x")
                await asyncio.sleep(1)
        account.slow += 1
        writer.close()


def request(hook: str, number: int) -> bytes:
    """The request `number` as bytes."""
    body = b'{"number":%d}' % number
    head = (
        f"POST /hooks/{hook} HTTP/1.1\r\nHost: soak\r\nAuthorization: Bearer {TOKEN}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
