"""`python -m tests.faults.flow LEDGER [HOST]`: a workflow that writes down what it is called with.

It prints its port. A call that is not of a run is answered at once. LEDGER has a line for each
other call: when it came and when it was answered, in monotonic seconds, the Idempotency-Key, the
attempt, the status, the number in the body. One number in fifty fails at first (500) and one in a
hundred always (422).
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from pathlib import Path

LONGEST = 0.1
"""Seconds that a call takes at most."""


class Flow(asyncio.Protocol):
    """One connection of a worker, with one call at a time."""

    def __init__(self, ledger: Path) -> None:
        self._ledger = ledger
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, rest = self._received.partition(b"\r\n\r\n")
        if not found:
            return
        lines = (line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        headers = {name.lower(): value for name, value in lines}
        length = int(headers["content-length"])
        if len(rest) < length:
            return
        self._received = rest[length:]
        if "gateway-attempt" not in headers:
            self._write(200)
            return
        number = json.loads(rest[:length])["n"]
        attempt = int(headers["gateway-attempt"])
        call = (time.monotonic(), headers["idempotency-key"], attempt, _status(number, attempt))
        loop = asyncio.get_running_loop()
        loop.call_later(random.uniform(0, LONGEST), self._answer, call, number)  # noqa: S311

    def _answer(self, call: tuple[float, str, int, int], number: int) -> None:
        """Also to nobody: whoever called may be gone."""
        came, key, attempt, status = call
        with self._ledger.open("a") as ledger:
            ledger.write(f"{came} {time.monotonic()} {key} {attempt} {status} {number}\n")
        self._write(status)

    def _write(self, status: int) -> None:
        if self._transport is not None:
            head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n"
            self._transport.write(f"{head}Content-Length: 2\r\n\r\n{{}}".encode())


def _status(number: int, attempt: int) -> int:
    if number % 100 == 42:
        return 422
    return 500 if number % 50 == 7 and attempt == 1 else 200


async def _main(ledger: str, host: str = "127.0.0.1") -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Flow(Path(ledger)), host, 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
