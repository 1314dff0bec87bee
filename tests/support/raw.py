"""HTTP as bytes on a socket: for requests that no client would send."""

from __future__ import annotations

import select
import socket
import time
from contextlib import suppress
from types import TracebackType


class Answer:
    """One answer; `status` is 0 where the connection ended without one. Header names in lower
    case, a repeated one with its last value.
    """

    def __init__(self, head: bytes = b"", body: bytes = b"") -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(first.split(" ")[1]) if first.startswith("HTTP/1.") else 0
        pairs = (line.split(":", 1) for line in lines if ":" in line)
        self.headers = {name.lower(): value.strip() for name, value in pairs}
        self.body = body


class Caller:
    """A connection that sends any bytes and reads one answer after the other."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._buffer = b""

    def __enter__(self) -> Caller:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave."""
        self._socket.close()

    def send(self, *parts: bytes, pause: float = 0.0) -> Caller:
        """Send bytes, `pause` seconds between the parts, for as long as they are taken."""
        for number, part in enumerate(parts):
            if number and pause:
                time.sleep(pause)
            try:
                self._socket.sendall(part)
            except (BrokenPipeError, ConnectionResetError):
                break
        return self

    def end(self) -> Caller:
        """Say that nothing more will be sent, and stay to read."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
        return self

    def said_something(self) -> bool:
        """Whether a part of an answer can be read without waiting."""
        return bool(self._buffer or select.select([self._socket], [], [], 0)[0])

    def answer(self, *, to_head: bool = False) -> Answer:
        """The next answer, interim ones left out; `to_head` tells that it has no body."""
        while b"\r\n\r\n" not in self._buffer:
            if not self._more():
                return Answer()
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        found = Answer(head)
        if 100 <= found.status < 200:
            return self.answer(to_head=to_head)
        length = 0 if to_head else int(found.headers.get("content-length", 0))
        while len(self._buffer) < length and self._more():
            pass
        found.body, self._buffer = self._buffer[:length], self._buffer[length:]
        return found

    def closed(self) -> bool:
        """Whether the other side ends the connection, with nothing said before; waits for it."""
        return not self._more() and not self._buffer

    def _more(self) -> bool:
        try:
            chunk = self._socket.recv(65536)
        except ConnectionResetError:
            return False
        self._buffer += chunk
        return bool(chunk)


def exchange(port: int, *parts: bytes, pause: float = 0.0) -> Answer:
    """Send bytes on a connection of their own and read one answer."""
    with Caller(port) as caller:
        return caller.send(*parts, pause=pause).answer()


def request(target: bytes, *headers: bytes, method: bytes = b"POST", body: bytes = b"") -> bytes:
    """A request with these header lines, and with nothing that they do not say but `Host`."""
    lines = [method + b" " + target + b" HTTP/1.1", b"Host: x", *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body
