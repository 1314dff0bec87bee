"""`python -m benchmarks.wire_client`: what one call costs the client, beside aiohttp.

The server is a process of its own that answers without reading more than it must, so that the
client is what is measured. Rounds are interleaved: machines change their pace within minutes.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import socket
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import cast

import aiohttp
import rich_click as click
import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks import machine
from gateway.wire.client import Client, Endpoint
from gateway.wire.client.head import head

CALLERS = 32
BODY = b'{"CityName":"Paris","order":{"id":"A-1042","total":129.5}}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n"
ANSWER += b'{"status":"done"}'
FIELDS = {
    "User-Agent": "webhook-gateway",
    "Accept-Encoding": "identity",
    "Content-Type": "application/json",
    "Idempotency-Key": "01939f6e-8a2b-7c3d-9e4f-0123456789ab",
}

Call = Callable[[], Awaitable[int]]


class Server(asyncio.Protocol):
    """Answers whenever the end of a body has come; callers send the next request afterwards."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is written to."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Answer."""
        if data.endswith(BODY):
            self._transport.write(ANSWER)


def _serve(listener: socket.socket) -> None:
    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(Server, sock=listener)
        await server.serve_forever()

    uvloop.run(serve())


async def _rounds(port: int, rounds: int, calls: int) -> dict[str, list[tuple[float, float]]]:
    """Calls a second and microseconds of CPU a call, of each client in each round."""
    endpoint = Endpoint.of(f"http://127.0.0.1:{port}/run/paris")
    client = Client()
    pool = client.pool(endpoint)
    fixed = head("POST", endpoint, FIELDS)

    async def wire() -> int:
        sent = b"%bContent-Length: %d\r\n\r\n" % (fixed, len(BODY))
        return (await pool.send(sent, BODY, 10.0, 1 << 20)).status

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as session:
        url = f"http://127.0.0.1:{port}/run/paris"
        patience = aiohttp.ClientTimeout(total=10)

        async def other() -> int:
            async with session.post(url, data=BODY, headers=FIELDS, timeout=patience) as answer:
                await answer.read()
                return answer.status

        found: dict[str, list[tuple[float, float]]] = {"wire": [], "aiohttp": []}
        for number in range(rounds + 1):
            for name, call in (("wire", wire), ("aiohttp", other)):
                measured = await _measured(call, calls)
                if number:  # the first round warms up
                    found[name].append(measured)
    await client.close()
    return found


async def _measured(call: Call, calls: int) -> tuple[float, float]:
    async def caller() -> None:
        for _ in range(calls // CALLERS):
            assert await call() == 200

    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    done = calls // CALLERS * CALLERS
    return done / wall, cpu / done * 1e6


@click.command()
@click.option("--rounds", default=5, help="Rounds of each client.")
@click.option("--calls", default=20_000, help="Calls in a round.")
def main(rounds: int, calls: int) -> None:
    """Measure the wire's client beside aiohttp."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    server = multiprocessing.Process(target=_serve, args=(listener,), daemon=True)
    server.start()
    try:
        found = uvloop.run(_rounds(listener.getsockname()[1], rounds, calls))
    finally:
        server.kill()
    table = Table("client", "calls/s", "CPU µs a call", "of each round")
    for name, measured in found.items():
        rates, costs = zip(*measured, strict=True)
        each = " ".join(f"{cost:.1f}" for cost in costs)
        middle = f"{statistics.median(rates):,.0f}", f"{statistics.median(costs):.1f}"
        table.add_row(name, *middle, each)
    console = Console()
    if machine.is_busy():
        console.print("The machine is busy: only the ratio of one run counts.")
    console.print(table)


if __name__ == "__main__":
    main()
