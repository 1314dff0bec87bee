"""Listening sockets, opened before anything else: a taken port is said at once."""

from __future__ import annotations

import errno
import os
import socket
import tempfile
from pathlib import Path

from gateway.errors import OperatorError

SEND_BUFFER = 128 * 1024
"""Bytes of an answer that the system holds for a caller, who inherits it; Linux doubles the number.
With its default, megabytes, a caller that reads nothing would look as if it had read everything.
"""
BACKLOG = 2048
"""Connections that wait to be accepted, per socket; the system may allow fewer."""

_LONGEST_PATH = 107
"""Bytes of a socket's path (unix(7))."""


def store_socket(state: Path) -> str:
    """Where workers find the store of a state directory: elsewhere if its path is too long. Raises
    OperatorError where there is no such place.
    """
    path = str(state / "runs.sock")
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        return path
    try:
        return str(Path(tempfile.mkdtemp(prefix="gateway-")) / "runs.sock")
    except OSError:
        raise OperatorError(
            f"the path of {state} is too long for a socket, and no temporary directory can be "
            "written: use a shorter path, or set TMPDIR"
        ) from None


def open_sockets(host: str, port: int, count: int, remedy: str) -> list[socket.socket]:
    """`count` sockets on one address, a worker's each; raises OperatorError with the remedy.

    With SO_REUSEPORT the system spreads connections over them. Where it has none, all are one.
    Every socket stays open in the supervisor: what waits at a worker that died is accepted by
    the one that takes its place.
    """
    try:
        # Without SO_REUSEPORT, so that an address which another gateway serves is refused.
        first = _bound(host, port, shared=False)
        if count == 1 or not hasattr(socket, "SO_REUSEPORT"):
            sockets = [first, *(first.dup() for _ in range(count - 1))]
        else:
            first.close()
            sockets = [_bound(host, port, shared=True) for _ in range(count)]
        for one in sockets:
            one.listen(BACKLOG)
    except OSError as error:
        raise OperatorError(_sentence(host, port, error, remedy)) from error
    return sockets


def _bound(host: str, port: int, shared: bool) -> socket.socket:
    family, kind, protocol, _, address = _resolved(host, port)
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        if shared:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6 and host != "::":
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    bound.setblocking(False)
    return bound


def _resolved(host: str, port: int) -> tuple[int, int, int, str, tuple[object, ...]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as error:
        raise OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL)) from error
    return found[0]


def _sentence(host: str, port: int, error: OSError, remedy: str) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"cannot listen on {shown}:{port}: {error.strerror}; {remedy}"
