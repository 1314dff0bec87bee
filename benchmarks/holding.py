"""Connections that are opened and held, from as many addresses as they need."""

from __future__ import annotations

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from benchmarks.processes import PeerError

OF_AN_ADDRESS = 3000
"""Fewer than a gateway accepts from one address."""
SPARE = 200
REQUEST = b"GET /hooks/nobody HTTP/1.1\r\nHost: bench\r\n\r\n"


def allow(count: int) -> None:
    """Raise the limit of open files for `count` connections, here and in what is started from
    here. Raises `PeerError` where the system does not allow it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count + SPARE:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count + SPARE), hard))
        except (OSError, ValueError) as error:
            raise PeerError(f"{count:,} connections need as many open files: {error}") from error
        if hard < count + SPARE:
            raise PeerError(f"{count:,} connections need as many open files: ulimit -n is {hard}")


@contextmanager
def silent(port: int, count: int) -> Iterator[list[socket.socket]]:
    """`count` connections that say nothing. Those of 127.0.0.1 are left to others."""
    with ExitStack() as stack:
        yield [stack.enter_context(_connection(port, number)) for number in range(count)]


@contextmanager
def idle(port: int, count: int) -> Iterator[list[socket.socket]]:
    """`count` connections that had one answer each and wait for the next request."""
    with ExitStack() as stack:
        yield [stack.enter_context(_answered(port, number)) for number in range(count)]


def _answered(port: int, number: int) -> socket.socket:
    connection = _connection(port, number)
    connection.sendall(REQUEST)
    if not connection.recv(65536):
        raise PeerError(f"connection {number:,} ended without an answer")
    return connection


def still_open(held: list[socket.socket]) -> int:
    """How many of them the other side has not ended."""
    return sum(map(_is_open, held))


def _is_open(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return bool(connection.recv(65536, socket.MSG_PEEK))
    except BlockingIOError:
        return True
    except OSError:
        return False


def _connection(port: int, number: int) -> socket.socket:
    source = f"127.0.0.{2 + number // OF_AN_ADDRESS}"
    return socket.create_connection(("127.0.0.1", port), 30, (source, 0))
