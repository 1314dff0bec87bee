"""Logs: JSON lines on a pipe, readable text on a terminal."""

from __future__ import annotations

import logging
import sys
from typing import IO, Any

import msgspec
import structlog

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}

_encode = msgspec.json.Encoder(enc_hook=repr).encode


class Lines:
    """Writes whole lines to a stream; a reader that went away never fails a request."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._write = stream.write
        self._flush = stream.flush

    def msg(self, line: bytes) -> None:
        """One line. Lost when nobody reads the stream any more."""
        try:
            self._write(line + b"\n")
            self._flush()
        except (BrokenPipeError, ValueError):
            pass

    log = debug = info = warn = warning = error = critical = exception = fatal = msg


def set_up_logs(log_format: str, level: str) -> None:
    """Send everything that this process logs through one renderer.

    `log_format`: json, text, or auto (text on a terminal).
    """
    text = log_format == "text" or (log_format == "auto" and sys.stdout.isatty())
    processors: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]
    lines = Lines(sys.stdout.buffer)
    processors += _for_people() if text else [structlog.processors.format_exc_info, _json]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=lambda *_names: lines,
        cache_logger_on_first_use=True,
    )
    _forward_standard_logging(level)


def _json(_logger: Any, _method: str, event: dict[str, Any]) -> bytes:
    return _encode(event)


def _for_people() -> list[Any]:
    console = structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), pad_event_to=0)

    def render(logger: Any, method: str, event: dict[str, Any]) -> bytes:
        shown = {key: value for key, value in event.items() if value not in ("", 0, 0.0)}
        return str(console(logger, method, shown)).encode("utf-8", "backslashreplace")

    return [render]


class _Forward(logging.Handler):
    """What libraries say through `logging` becomes a line of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger()
        log.log(record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info)


def _forward_standard_logging(level: str) -> None:
    logging.basicConfig(handlers=[_Forward()], level=LEVELS[level], force=True)
    # httpx, which Litestar brings, logs whole URLs; asyncio and aiohttp log at debug per request.
    for name in ("httpx", "httpcore", "asyncio", "aiohttp.access", "_granian"):
        logging.getLogger(name).setLevel(logging.WARNING)
