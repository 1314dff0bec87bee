"""A connection is kept where llhttp would keep it."""

from __future__ import annotations

import httptools
import pytest

from gateway.wire.server.judge import judge_keep


class Reader:
    """Asks llhttp for what it makes of Connection."""

    def __init__(self) -> None:
        self.parser = httptools.HttpRequestParser(self)
        self.keeps = False

    def on_headers_complete(self) -> None:
        self.keeps = self.parser.should_keep_alive()


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
@pytest.mark.parametrize(
    "said",
    [
        *([b"close"], [b"Close"], [b"keep-alive"], [b"KEEP-ALIVE"], [b"x"], [b""]),
        *([b"close, keep-alive"], [b"keep-alive,close"], [b"x, close"], [b"closed"], [b"x close"]),
        *([b"keep-alive", b"close"], [b"x", b"Keep-Alive"], [b"close", b"x"], [b"close "]),
    ],
)
def test_a_connection_is_kept_where_llhttp_keeps_it_and_nothing_closes_it(
    version: bytes, said: list[bytes]
) -> None:
    lines = b"".join(b"Connection: %b\r\n" % value for value in said)
    reader = Reader()
    reader.parser.feed_data(b"GET / HTTP/%b\r\n%b\r\n" % (version, lines))
    written = said[0] if len(said) == 1 else said
    closes = b"close" in b",".join(said).lower().replace(b" ", b"").split(b",")
    kept = judge_keep(version == b"1.1", {b"connection": written})
    assert kept is (reader.keeps and not closes)
