"""`python -m tests.faults.caller [HOST:]PORT PATH RATE LEDGER [FIRST]`: a sender that does not
give up.

It sends RATE requests a second, each with an id of its own, numbers from FIRST on, while less than
OPEN are unanswered, and repeats one with the same id until it is answered 2xx. A promise counts
once it is in LEDGER, on disk: a line with the number of the request, the run and the monotonic
time. After the end of its standard input it sends nothing new, repeats what is open for at most
REST seconds, and prints its counts as JSON, with the seconds after which it was refused, sorted.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections import Counter
from pathlib import Path

REST = 30.0
"""Seconds for repetitions at the end."""
PATIENCE = 10.0
"""Seconds for an answer."""
PAUSE = 0.2
CONNECTIONS = 64
OPEN = 1000
_TURN = 0.02
_FAILED = (OSError, EOFError, asyncio.IncompleteReadError, TimeoutError, ValueError)


class Connection:
    """One connection, which is made anew after each failure."""

    def __init__(self, address: str, path: str) -> None:
        host, _, port = address.rpartition(":")
        self._host, self._port = host or "127.0.0.1", int(port)
        self._path = path
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, number: int) -> tuple[int, bytes]:
        """The status and the body of the answer. Raises one of `_FAILED`."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._posted(number)
        except _FAILED:
            self.close()
            raise

    async def _posted(self, number: int) -> tuple[int, bytes]:
        if self._streams is None or self._streams[0].at_eof():
            # The gateway ends connections that nobody has used for long.
            self.close()
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        body = json.dumps({"n": number, "lane": number % 10}).encode()
        writer.write(
            f"POST {self._path} HTTP/1.1\r\nHost: localhost\r\nX-Id: {number}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        status = int(head.split(" ", 2)[1])
        length = int(head.split("content-length: ", 1)[1].split("\r\n", 1)[0])
        answer = await reader.readexactly(length)
        if "connection: close" in head:
            self.close()
        return status, answer

    def close(self) -> None:
        """Let go of what is open."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


class Ledger:
    """Lines that are on disk when `write` returns; those that come together have one fsync."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._lines: list[bytes] = []
        self._lock = asyncio.Lock()

    async def write(self, line: str) -> None:
        """Add a line."""
        self._lines.append(f"{line}\n".encode())
        async with self._lock:
            lines, self._lines = self._lines, []
            if lines:
                await asyncio.to_thread(self._sync, b"".join(lines))

    def _sync(self, lines: bytes) -> None:
        os.write(self._file, lines)
        os.fdatasync(self._file)


class Caller:
    """Requests at a rate, and the ledger of what was promised."""

    def __init__(self, address: str, path: str, ledger: Path, first: int) -> None:
        self._free: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()
        for _ in range(CONNECTIONS):
            self._free.put_nowait(Connection(address, path))
        self._first = first
        self._ledger = Ledger(ledger)
        self._tasks: set[asyncio.Task[None]] = set()
        self._over = asyncio.Event()
        self.sent = 0
        self.answers: Counter[str] = Counter()
        self.refused: list[float] = []

    async def run(self, rate: float) -> None:
        """Until the end of the standard input, and a little longer."""
        loop = asyncio.get_running_loop()
        loop.add_reader(sys.stdin.fileno(), self._over.set)
        due, before = 0.0, loop.time()
        while not self._over.is_set():
            due, before = due + (loop.time() - before) * rate, loop.time()
            while due >= 1 and len(self._tasks) < OPEN:
                self._send()
                due -= 1
            due = min(due, rate)
            await asyncio.sleep(_TURN)
        loop.remove_reader(sys.stdin.fileno())
        if self._tasks:
            _, unanswered = await asyncio.wait(self._tasks, timeout=REST)
            for task in unanswered:
                task.cancel()

    def _send(self) -> None:
        task = asyncio.ensure_future(self._until_promised(self._first + self.sent))
        self.sent += 1
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _until_promised(self, number: int) -> None:
        while not await self._promised(number):  # noqa: ASYNC110 - the other side is told nothing
            await asyncio.sleep(PAUSE)

    async def _promised(self, number: int) -> bool:
        connection = await self._free.get()
        begun = time.monotonic()
        try:
            status, body = await connection.post(number)
        except _FAILED:
            self.answers["none"] += 1
            return False
        finally:
            self._free.put_nowait(connection)
        told = json.loads(body)
        self.answers[_kind(status, told)] += 1
        if status // 100 != 2:
            self.refused.append(round(time.monotonic() - begun, 3))
            return False
        await self._ledger.write(f"{number} {told['run']} {time.monotonic()}")
        return True


def _kind(status: int, told: dict[str, object]) -> str:
    """What answers are counted by."""
    if told.get("status") == "duplicate":
        return "duplicate"
    problem = str(told.get("type", "")).rpartition(":")[2]
    return f"{status} {problem}" if problem else str(status)


async def _main(address: str, path: str, rate: str, ledger: str, first: str = "0") -> None:
    caller = Caller(address, path, Path(ledger), int(first))
    await caller.run(float(rate))
    told = {"sent": caller.sent, "answers": caller.answers, "refused": sorted(caller.refused)}
    print(json.dumps(told))  # noqa: T201


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
