"""One line per request; never a query string, a header or a body."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Literal

import msgspec
import structlog

from gateway.compile.exchange import Exchange, milliseconds
from gateway.operate.logs import LEVELS, Lines, rendered

_log = structlog.get_logger("gateway.request")
_TICKET = re.compile(r"[\w-]{43,}", re.ASCII)
"""What may be the ticket of an outcome (see `gateway.runs.ticket`), and what stands beside it."""


class Line(msgspec.Struct, omit_defaults=True):
    """What is told of a request; `docs/operating.md` explains each field."""

    request_id: str
    hook: str
    run: str
    method: str
    path: str
    status: int
    outcome: str
    duration_ms: float
    workflow_ms: float
    event: str
    level: Literal["debug", "info"]
    time: datetime
    client: str
    bytes_in: int
    bytes_out: int
    credential: str = ""
    reason: str = ""


class RequestLog:
    """Writes a line for each request.

    `lines` takes JSON. It is None where people read, who get theirs from structlog as everything
    else does; this line alone, written for every request, goes the short way (6 µs or 1).
    """

    def __init__(self, lines: Lines | None, level: str) -> None:
        self._lines = lines
        self._untold = {name for name, least in LEVELS.items() if least < LEVELS[level]}

    def __call__(self, exchange: Exchange, level: Literal["debug", "info"]) -> None:
        """Tell how a request ended."""
        if level in self._untold:
            return
        line = _line(exchange, level)
        if self._lines is None:
            fields = msgspec.structs.asdict(line)
            getattr(_log, level)(fields.pop("event"), **_said(fields))
        else:
            self._lines.msg(rendered(line))


def _line(exchange: Exchange, level: Literal["debug", "info"]) -> Line:
    # Whoever misspells the URL of an outcome, or its request, shows a ticket to the log.
    return Line(
        exchange.request_id,
        exchange.hook,
        exchange.run,
        exchange.method[:16],
        exchange.path if exchange.hook else _TICKET.sub("…", exchange.path),
        exchange.status,
        exchange.outcome,
        milliseconds(exchange.started),
        exchange.workflow_ms,
        "request",
        level,
        datetime.now(UTC),
        exchange.client,
        exchange.bytes_in,
        exchange.bytes_out,
        exchange.credential,
        exchange.reason,
    )


def _said(fields: dict[str, object]) -> dict[str, object]:
    """Without what structlog adds itself."""
    return {key: value for key, value in fields.items() if key not in ("level", "time")}
