"""Ports for servers that are started with a number."""

from __future__ import annotations

import random
import socket

RANGE = range(10_000, 32_768)
"""Below the ports that Linux gives to outgoing connections: none of those takes the port before
the server does.
"""


def free_port() -> int:
    """A port that nobody listens on now; two callers at once hardly ever get the same."""
    chance = random.SystemRandom()
    while True:
        port = chance.choice(RANGE)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
