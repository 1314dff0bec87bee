"""The server of `gateway.wire` beside granian and uvicorn: one worker, the same trivial app.

`uv sync --group bench` brings uvicorn; a peer that is missing is left out.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import socket
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.load import Load, Round, prepare
from benchmarks.processes import Launch, Running, running, until_it_works
from benchmarks.resources import cpu_seconds
from benchmarks.scenario import bearer_post
from tests.support.ports import free_port

ANSWER = b'{"orderId":"A-1042","status":"accepted","city":"Paris"}'
FIELDS = [
    (b"content-type", b"application/json"),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"server", b"webhook-gateway"),
    (b"x-request-id", b"0193a2f4-7c1e-7b1a-9c3e-1f2d3c4b5a69"),
    (b"content-length", str(len(ANSWER)).encode()),
]
FAST_FIELDS = FIELDS[:-1]


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Reads the body and answers, as every ASGI app does."""
    if scope["type"] != "http":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    more = True
    while more:
        more = (await receive()).get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": FIELDS})
    await send({"type": "http.response.body", "body": ANSWER, "more_body": False})


async def fast(scope: Any, receive: Any, send: Any) -> None:
    """The same by the shorter way that the wire's scope offers."""
    if scope["gateway.request"].whole() is None:
        while (await receive()).get("more_body", False):
            pass
    scope["gateway.request"].respond(200, FAST_FIELDS, ANSWER)


def wire(port: int, name: str) -> None:
    """Serve with `gateway.wire`; the processes of the other peers are their own commands."""
    import uvloop

    from gateway.wire.server import ServerLimits, serve

    async def main() -> None:
        sock = socket.create_server(("127.0.0.1", port), backlog=2048)
        await serve(
            globals()[name],
            sock,
            ServerLimits(),
            lambda status, code, detail, head: (status, [], b""),
        )
        await asyncio.Event().wait()

    uvloop.run(main())


PEERS = {
    "wire, ASGI": "{python} -m benchmarks.wire --serve app --port {port}",
    "wire, fast": "{python} -m benchmarks.wire --serve fast --port {port}",
    "uvicorn": "{python} -m uvicorn benchmarks.wire:app --port {port} --loop uvloop"
    " --http httptools --no-access-log --log-level error --lifespan off",
    "granian": "{python} -m granian --interface asginl --loop uvloop --port {port}"
    " --no-access-log --log-level error benchmarks.wire:app",
}


def _present(name: str) -> bool:
    return name.startswith("wire") or importlib.util.find_spec(name) is not None


def _start(stack: ExitStack, name: str, workdir: Path) -> tuple[Running, int]:
    port = free_port()
    argv = PEERS[name].format(python=sys.executable, port=port).split()
    place = workdir / name.replace(", ", "-")
    place.mkdir()
    root = str(Path(__file__).parents[1])
    server = stack.enter_context(running(name, Launch(argv, {"PYTHONPATH": root}), place))
    until_it_works(lambda: socket.create_connection(("127.0.0.1", port), 1).close(), server)
    return server, port


def _measured(load: Load, server: Running, port: int, seconds: float) -> Round:
    before = cpu_seconds(server)
    found = load.run(port, seconds)
    return replace(found, cpu=cpu_seconds(server) - before)


def _print(name: str, rounds: Sequence[Round]) -> None:
    rate = statistics.median(one.rate for one in rounds)
    cpu = statistics.median(one.cpu / one.requests * 1e6 for one in rounds)
    p99 = statistics.median(one.p99 for one in rounds)
    errors = sum(one.errors for one in rounds)
    print(f"{name:12} {rate:9,.0f} req/s  {cpu:6.1f} us CPU  p99 {p99:6.2f} ms  {errors} errors")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=32)
    arguments = parser.parse_args()
    if arguments.serve:
        wire(arguments.port, arguments.serve)
    else:
        compare(arguments)


def compare(arguments: argparse.Namespace) -> None:
    """All peers are up; each is loaded in turn, round by round."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        workdir = Path(folder)
        load = prepare(bearer_post(arguments.connections), workdir, 1)
        peers = {name: _start(stack, name, workdir) for name in PEERS if _present(name)}
        for server, port in peers.values():
            _measured(load, server, port, 1)
        rounds: dict[str, list[Round]] = {name: [] for name in peers}
        for _ in range(arguments.rounds):
            for name, (server, port) in peers.items():
                rounds[name].append(_measured(load, server, port, arguments.seconds))
        for name, found in rounds.items():
            _print(name, found)


if __name__ == "__main__":
    main()
