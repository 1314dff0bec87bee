"""Requests at a fixed rate, whether the answers are slow or not."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import uvloop

from benchmarks.scenario import Scenario


@dataclass(frozen=True)
class Paced:
    """Seconds from when each request was due to its answer, sorted; how many were not 2xx."""

    times: list[float]
    bad: int

    def at(self, share: float) -> float:
        """The time that so large a share did not exceed."""
        return self.times[min(int(len(self.times) * share), len(self.times) - 1)]


def paced(port: int, request: Scenario, rate: float, seconds: float) -> Paced:
    """So many requests a second, over as many connections as the request has."""
    return uvloop.run(_all(port, request, rate, seconds))


async def _all(port: int, request: Scenario, rate: float, seconds: float) -> Paced:
    head = f"{request.method} {request.path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    lines = {**request.headers(), "Content-Length": str(len(request.body))}
    head += "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"
    message = head.encode() + request.body
    every, begun = request.connections / rate, time.perf_counter() + 0.1
    callers = [
        _caller(port, message, begun + every * number / request.connections, every, seconds)
        for number in range(request.connections)
    ]
    found = await asyncio.gather(*callers)
    times = sorted(took for one, _ in found for took in one)
    return Paced(times, sum(bad for _, bad in found))


async def _caller(
    port: int, message: bytes, due: float, every: float, seconds: float
) -> tuple[list[float], int]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    times, bad, until = [], 0, due + seconds
    while due < until:
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        writer.write(message)
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
        times.append(time.perf_counter() - due)
        bad += not head.startswith(b"HTTP/1.1 2")
        due += every
    writer.close()
    return times, bad
