"""Logs: JSON lines on a pipe, readable text on a terminal."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
import structlog

from gateway.operate.line_writer import LineWriter
from gateway.operate.sentences import brief

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}

_encode = msgspec.json.Encoder(enc_hook=repr).encode


class Lines:
    """A structlog logger that hands each rendered line to the writer."""

    def __init__(self, writer: LineWriter) -> None:
        self._write = writer.write

    def msg(self, line: bytes) -> None:
        """One line, without its end."""
        self._write(line + b"\n")

    log = debug = info = warn = warning = error = critical = exception = fatal = msg


def set_up_logs(
    log_format: str, level: str, lost: Callable[[int], None] = lambda _count: None
) -> Lines | None:
    """Send everything that this process logs through one renderer.

    `log_format`: json, text, or auto (text on a terminal). `lost` is called with the number of
    lines that nobody read in time, from the thread that writes. Returns where lines of JSON go,
    None where the log is text.
    """
    descriptor = sys.stdout.fileno()
    terminal = os.isatty(descriptor)
    colors = terminal and not os.environ.get("NO_COLOR")
    lines = Lines(LineWriter(descriptor, partial(_tell_lost, lost)))
    text = log_format == "text" or (log_format == "auto" and terminal)
    structlog.configure(
        processors=[structlog.processors.add_log_level, *(_text(colors) if text else _JSON)],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=lambda *_names: lines,
        cache_logger_on_first_use=True,
    )
    _forward_standard_logging(level)
    return None if text else lines


def rendered(line: msgspec.Struct) -> bytes:
    """A line of JSON that is one value: the short way for what is told often (6 µs or 1)."""
    try:
        return _encode(line)
    except UnicodeEncodeError:
        # Half a surrogate pair in a user's name: the line must not fail what it tells of.
        return json.dumps(msgspec.to_builtins(line)).encode()


def _tell_lost(tell: Callable[[int], None], count: int) -> None:
    tell(count)
    structlog.get_logger("gateway").warning(
        "log lines lost: the log was not read in time", count=count
    )


def _json(_logger: Any, _method: str, event: dict[str, Any]) -> bytes:
    try:
        return _encode(event)
    except (UnicodeError, TypeError, ValueError, RecursionError):
        # Half a surrogate pair, in the name of a file: the line must not fail what it tells of.
        return json.dumps({str(key): repr(value) for key, value in event.items()}).encode()


_JSON: tuple[Any, ...] = (
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    structlog.processors.format_exc_info,
    _json,
)


def _text(colors: bool) -> tuple[Any, ...]:
    console = structlog.dev.ConsoleRenderer(
        colors=colors,
        pad_event_to=0,
        pad_level=False,
        # The default one prints local variables, and with them credentials.
        exception_formatter=structlog.dev.plain_traceback,
    )

    def render(logger: Any, method: str, event: dict[str, Any]) -> bytes:
        shown = {key: _printable(value) for key, value in event.items() if value not in ("", 0)}
        return str(console(logger, method, shown)).encode("utf-8", "backslashreplace")

    return structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False), brief, render


def _printable(value: Any) -> Any:
    """Text that cannot move a cursor or turn the reading direction of a terminal."""
    if isinstance(value, str) and not value.replace("\n", "").isprintable():
        return value.encode("unicode_escape").decode("ascii")
    return value


class _Forward(logging.Handler):
    """What libraries say through `logging` becomes a line of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger()
        log.log(record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info)


def _forward_standard_logging(level: str) -> None:
    logging.basicConfig(handlers=[_Forward()], level=LEVELS[level], force=True)
    # httpx, which Litestar brings, logs whole URLs; asyncio logs at debug per request.
    for name in ("httpx", "httpcore", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
