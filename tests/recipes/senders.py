"""Requests as their senders make them, with the credentials that a recipe asks for."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from tests.compile.signatures.requests import compiled, signed

BODIES = Path(__file__).parent / "bodies"
SECRET = "the-secret-of-the-sender"
JSON = "application/json"

Headers = dict[str, str]
Sender = Callable[[bytes], Headers]


def signing(scheme: str, content_type: str = JSON) -> Sender:
    """A sender with a signature of a known scheme."""

    def send(body: bytes) -> Headers:
        made = signed(compiled(scheme), SECRET, body, time.time(), content_type=content_type)
        return dict(made.headers)

    return send


def showing(name: str, value: str, content_type: str = JSON) -> Sender:
    """A sender with a credential in a header."""
    return lambda _body: {name: value, "content-type": content_type}
