"""Connections are used again where that is safe, and nothing is ever sent twice."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from gateway.wire.client import Client, Endpoint
from gateway.wire.client.errors import Broke, BrokeOff, CallError, Late, NotHTTP, Unreachable
from gateway.wire.client.pool import KEEPALIVE, MAX_IDLE
from tests.wire.client.site import (
    FINE,
    GET,
    OK,
    RUNS,
    Script,
    Server,
    answering,
    calling,
    get,
    serving,
)

Run = Callable[[Coroutine[Any, Any, None]], None]


@pytest.fixture(params=RUNS)
def run(request: pytest.FixtureRequest) -> Run:
    return RUNS[request.param]


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def test_a_connection_is_used_again(run: Run) -> None:
    async def story() -> None:
        async with serving(answering(FINE)) as server, calling(server.port) as pool:
            for _ in range(5):
                assert (await get(pool)).body == b"fine"
            assert (len(server.requests), server.connections) == (5, 1)

    run(story())


@pytest.mark.parametrize(
    "answer",
    [
        FINE + FINE,
        FINE + b"HTT",
        FINE + b"junk",
        OK + b"Connection: close\r\n\r\nfine",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nfine",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n" + FINE,
    ],
)
def test_what_nobody_asked_for_is_given_to_nobody(run: Run, answer: bytes) -> None:
    stay = b"close" not in answer

    async def story() -> None:
        async with serving(answering(answer, stay=stay)) as server, calling(server.port) as pool:
            for _ in range(3):
                assert (await get(pool)).body in (b"fine", b"")
            assert (len(server.requests), server.connections) == (3, 3)

    run(story())


def test_what_comes_while_nobody_asks_ends_the_connection(run: Run) -> None:
    def script(server: Server) -> Script:
        async def serve(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
        ) -> None:
            await server.request(reader)
            writer.write(FINE)
            if number == 0:
                await writer.drain()
                await told.wait()
                writer.write(FINE.replace(b"fine", b"evil"))
                assert await reader.read() == b""
            else:
                await reader.read()

        return serve

    async def story() -> None:
        async with serving(script) as server, calling(server.port) as pool:
            assert (await get(pool)).body == b"fine"
            told.set()
            await server.ended.wait()
            assert (await get(pool)).body == b"fine"
            assert (len(server.requests), server.connections) == (2, 2)

    told = asyncio.Event()
    run(story())


BODY = b"x" * 300
WHOLE = OK + b"Content-Length: 4\r\n\r\n"


def _dying(at: int, end: Callable[[asyncio.StreamWriter], None]) -> Callable[[Server], Script]:
    """Answers the first request; the second one's connection ends after `at` bytes of the answer,
    or, where `at` is negative, before anything of the request was read.
    """

    def script(server: Server) -> Script:
        async def serve(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
        ) -> None:
            await server.request(reader)
            await reader.readexactly(len(BODY))
            writer.write(FINE)
            await writer.drain()
            if number == 0:
                if at >= 0:
                    await server.request(reader)
                    await reader.readexactly(len(BODY))
                    writer.write(FINE[:at])
                    await writer.drain()
                end(writer)
            else:
                await reader.read()

        return serve

    return script


def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()


def _outcomes(at: int, end: object) -> set[object]:
    """What may be told. A reset may overtake what was sent before it."""
    lost = {Broke, BrokeOff} if end is _reset else set()
    if at in (-1, len(FINE)):
        return {b"fine", *lost}
    return {Broke if at < len(WHOLE) else BrokeOff, *lost}


@pytest.mark.parametrize("end", [_close, _reset])
@pytest.mark.parametrize("at", [-1, 0, 1, 10, len(WHOLE) - 1, len(WHOLE), len(FINE) - 1, len(FINE)])
def test_a_kept_connection_that_dies_under_a_request_never_repeats_it(
    run: Run, at: int, end: Callable[[asyncio.StreamWriter], None]
) -> None:
    """A failure is told only where the request may have been read."""

    async def story() -> None:
        async with serving(_dying(at, end)) as server, calling(server.port) as pool:
            await get(pool, body=BODY)
            if at < 0:
                await server.ended.wait()
            try:
                outcome: object = (await get(pool, body=BODY)).body
            except CallError as error:
                outcome = type(error)
            assert len(server.requests) == 2
            assert outcome in _outcomes(at, end)

    run(story())


def test_a_connection_whose_end_the_loop_has_not_seen_is_not_used(run: Run) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    async def story() -> None:
        async with calling(listener.getsockname()[1]) as pool:
            first = asyncio.create_task(get(pool))
            first_side = await asyncio.to_thread(_accepted)
            first_side.sendall(FINE)
            await first
            # From here on the loop has no turn before the next request is written.
            first_side.close()
            second = asyncio.create_task(get(pool))
            second_side = await asyncio.to_thread(_accepted)
            second_side.sendall(FINE)
            assert (await second).body == b"fine"
            second_side.close()

    def _accepted() -> socket.socket:
        side, _ = listener.accept()
        assert side.recv(4096) == GET
        return side

    with listener:
        run(story())


def test_an_answer_before_the_request_is_whole_is_taken_and_the_connection_dropped(
    run: Run,
) -> None:
    def script(server: Server) -> Script:
        async def serve(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _number: int
        ) -> None:
            await server.request(reader)
            writer.write(b"HTTP/1.1 413 X\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            await asyncio.Event().wait()

        return serve

    async def story() -> None:
        async with serving(script) as server, calling(server.port) as pool:
            for _ in range(2):
                reply = await get(pool, body=bytes(30_000_000))
                assert reply.status == 413
            assert server.connections == 2

    run(story())


def _silent(server: Server) -> Script:
    async def serve(
        reader: asyncio.StreamReader, _writer: asyncio.StreamWriter, _number: int
    ) -> None:
        await server.request(reader)
        await reader.read()

    return serve


@pytest.mark.parametrize("seconds", [0.05, 0.3])
def test_a_deadline_passes_when_it_says(run: Run, seconds: float) -> None:
    """Not before, and not rounded up to a whole second."""

    async def story() -> None:
        loop = asyncio.get_running_loop()
        async with serving(_silent) as server, calling(server.port) as pool:
            started = loop.time()
            with pytest.raises(Late):
                await get(pool, seconds)
            assert seconds - 0.01 <= loop.time() - started < seconds + 0.5
            await server.ended.wait()
            assert len(server.requests) == 1

    run(story())


def test_a_deadline_holds_for_the_body_that_drips(run: Run) -> None:
    def script(server: Server) -> Script:
        async def serve(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _number: int
        ) -> None:
            await server.request(reader)
            writer.write(OK + b"Content-Length: 900\r\n\r\n")
            while not writer.is_closing():
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.01)

        return serve

    async def story() -> None:
        async with serving(script) as server, calling(server.port) as pool:
            with pytest.raises(Late):
                await get(pool, 0.1)

    run(story())


@pytest.mark.parametrize(("first", "second"), [(30.0, 0.2), (0.2, 0.6)])
def test_each_request_of_a_connection_has_its_own_deadline(
    run: Run, first: float, second: float
) -> None:
    """Be it sooner or later than that of the request before."""

    def script(server: Server) -> Script:
        async def serve(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _number: int
        ) -> None:
            await server.request(reader)
            writer.write(FINE)
            await server.request(reader)
            await reader.read()

        return serve

    async def story() -> None:
        loop = asyncio.get_running_loop()
        async with serving(script) as server, calling(server.port) as pool:
            assert (await get(pool, first)).body == b"fine"
            started = loop.time()
            with pytest.raises(Late):
                await get(pool, second)
            assert second - 0.01 <= loop.time() - started < second + 5
            await server.ended.wait()
            assert server.connections == 1

    run(story())


def test_a_deadline_holds_for_a_connection_that_is_not_taken(run: Run) -> None:
    """A full queue of a listener takes no more, in silence."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        fillers = []
        for _ in range(3):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
            fillers.append(filler)

        async def story() -> None:
            async with calling(port) as pool:
                with pytest.raises(Late):
                    await get(pool, 0.1)

        run(story())
        for filler in fillers:
            filler.close()


def test_a_call_that_is_cancelled_ends_its_connection(run: Run) -> None:
    async def story() -> None:
        async with serving(_silent) as server, calling(server.port) as pool:
            call = asyncio.create_task(get(pool))
            while not server.requests:  # noqa: ASYNC110 - it counts what others do
                await asyncio.sleep(0)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            await server.ended.wait()
            assert len(server.requests) == 1

    run(story())


def test_a_call_that_is_cancelled_late_does_not_end_the_next_one(run: Run) -> None:
    """Its answer is there, and its connection has been given to another call meanwhile."""

    async def story() -> None:
        async with serving(answering(FINE)) as server, calling(server.port) as pool:
            await get(pool)
            for _ in range(20):
                first = asyncio.create_task(get(pool))
                while not pool._idle or not first._fut_waiter:  # type: ignore[attr-defined]
                    if first.done():
                        break
                    await asyncio.sleep(0)
                second = asyncio.create_task(get(pool))
                first.cancel()
                assert (await second).body == b"fine"
                await asyncio.gather(first, return_exceptions=True)

    run(story())


def test_nobody_listening_is_told(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    async def story() -> None:
        async with calling(port) as pool:
            with pytest.raises(Unreachable, match="refused"):
                await get(pool)

    run(story())


def test_idle_connections_are_closed_and_bounded(run: Run) -> None:
    gate = asyncio.Event()

    def script(server: Server) -> Script:
        async def serve(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _number: int
        ) -> None:
            await server.request(reader)
            if len(server.requests) == MAX_IDLE + 10:
                gate.set()
            await gate.wait()
            writer.write(FINE)
            await reader.read()
            closed.append(1)

        return serve

    closed: list[int] = []

    async def story() -> None:
        async with serving(script) as server, calling(server.port) as pool:
            await asyncio.gather(*(get(pool) for _ in range(MAX_IDLE + 10)))
            assert len(pool._idle) == MAX_IDLE
            assert server.connections == MAX_IDLE + 10
            async with asyncio.timeout(KEEPALIVE * 10):
                while len(closed) < MAX_IDLE + 10:  # noqa: ASYNC110 - it counts what others do
                    await asyncio.sleep(0.05)
            assert not pool._idle

    run(story())


def test_a_closed_client_keeps_no_connection(run: Run) -> None:
    async def story() -> None:
        async with serving(answering(FINE)) as server:
            client = Client()
            pool = client.pool(Endpoint.of(f"http://127.0.0.1:{server.port}/"))
            await get(pool)
            assert pool._idle
            await client.close()
            assert not pool._idle
            assert (await get(pool)).body == b"fine"
            assert not pool._idle

    run(story())


def test_an_answer_in_any_pieces_is_one_answer(run: Run) -> None:
    def script(server: Server) -> Script:
        async def serve(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _number: int
        ) -> None:
            await server.request(reader)
            for byte in FINE:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0)
            await reader.read()

        return serve

    async def story() -> None:
        async with serving(script) as server, calling(server.port) as pool:
            assert (await get(pool)).body == b"fine"

    run(story())


def test_no_http_is_told(run: Run) -> None:
    async def story() -> None:
        other = answering(b"SSH-2.0-OpenSSH\r\n")
        async with serving(other) as server, calling(server.port) as pool:
            with pytest.raises(NotHTTP):
                await get(pool)
            await server.ended.wait()

    run(story())
