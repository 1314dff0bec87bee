"""HTTP as bytes on a socket: for requests that no client would send."""

from __future__ import annotations

import socket
import time


class Answer:
    """What came back: `status` is 0 where the connection closed without an answer."""

    def __init__(self, data: bytes, seconds: float) -> None:
        self.data = data
        self.seconds = seconds
        head, _, self.body = data.partition(b"\r\n\r\n")
        first = head.split(b"\r\n")[0].split(b" ")
        self.status = int(first[1]) if len(first) > 1 and first[0].startswith(b"HTTP/") else 0
        self.head = head.decode("latin-1").lower()


def exchange(port: int, *parts: bytes, pause: float = 0.0, timeout: float = 30.0) -> Answer:
    """Send bytes, `pause` seconds between the parts, and read until the server closes or a
    whole answer with a Content-Length is there.
    """
    started = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        _send(connection, parts, pause)
        return Answer(_read(connection), time.monotonic() - started)


def _send(connection: socket.socket, parts: tuple[bytes, ...], pause: float) -> None:
    for number, part in enumerate(parts):
        if number and pause:
            time.sleep(pause)
        try:
            connection.sendall(part)
        except (BrokenPipeError, ConnectionResetError):
            return


def _read(connection: socket.socket) -> bytes:
    data = b""
    while not _whole(data):
        try:
            chunk = connection.recv(65536)
        except ConnectionResetError:
            break
        if not chunk:
            break
        data += chunk
    return data


def _whole(data: bytes) -> bool:
    head, separator, body = data.partition(b"\r\n\r\n")
    if not separator:
        return False
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line.split(b":")[1])
    return False
