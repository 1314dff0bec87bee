"""Starting the server from a command: the last checks that can still speak plainly."""

from __future__ import annotations

import socket
import sys

import structlog

from gateway.errors import OperatorError
from gateway.language.read import read
from gateway.operate.logs import set_up_logs
from gateway.reload.snapshot import take
from gateway.settings import Settings

_log = structlog.get_logger("gateway")


def start(settings: Settings) -> None:
    """Check the address and the hooks, then serve until told to stop."""
    _check_address(settings)
    set_up_logs(settings.log_format, settings.log_level)
    _check_hooks(settings)
    _announce(settings)
    from gateway.server import run
    from gateway.worker import load

    run(settings, load)


def _check_address(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, settings.port))
    except OSError as error:
        raise OperatorError(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror}; "
            "choose another with --host or --port"
        ) from error


def _check_hooks(settings: Settings) -> None:
    reading = read(take(settings.hooks).sources)
    errors = [found for found in reading.diagnostics if found.severity == "error"]
    for found in reading.diagnostics:
        log = _log.error if found.severity == "error" else _log.warning
        place = f"{found.file}:{found.place.line}:{found.place.column}"
        log(found.message, code=found.code, place=place)
    if errors and settings.strict:
        sys.exit(1)


def _announce(settings: Settings) -> None:
    _log.info("serving", url=f"http://{settings.host}:{settings.port}", hooks=str(settings.hooks))
    if settings.admin_token_value:
        _log.info("admin token made for this start", token=settings.admin_token_value)
