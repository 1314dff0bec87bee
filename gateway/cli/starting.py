"""Starting the server from a command: the last checks that can still speak plainly."""

from __future__ import annotations

import socket
import sys

import structlog

from gateway.cli.worker_process import load
from gateway.errors import OperatorError
from gateway.operate.logs import set_up_logs
from gateway.reload.kept import Keeper
from gateway.reload.leader import Leader
from gateway.reload.loading import Loader
from gateway.settings import Settings

_log = structlog.get_logger("gateway")


def start(settings: Settings) -> None:
    """Check the address and the hooks, then serve until told to stop."""
    check_address(settings)
    _check_directory(settings)
    set_up_logs(settings.log_format, settings.log_level)
    loader = Loader(settings)
    if settings.strict and not _sound(loader):
        sys.exit(1)
    _announce(settings)
    from gateway.processes.server import run

    run(settings, Leader(settings, loader), load)


def check_address(settings: Settings) -> None:
    """Raises OperatorError where nothing can listen."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, settings.port))
    except OSError as error:
        raise OperatorError(
            f"cannot listen on {settings.url.removeprefix('http://')}: {error.strerror}; "
            "choose another with --host or --port"
        ) from error


def _check_directory(settings: Settings) -> None:
    """A directory that is not there at the start is a slip of the pen, unless it was served
    before and what was good is kept.
    """
    if settings.hooks.is_dir() or Keeper(settings.state, settings.hooks).load():
        return
    raise OperatorError(
        f"there is no hooks directory {settings.hooks}; name it: gateway serve path/to/hooks.d"
    )


def _sound(loader: Loader) -> bool:
    """Load, and log what is wrong. Whether the directory can be used and no hook has an error."""
    loader.load()
    found = loader.current.resolved.diagnostics if loader.current else ()
    return not loader.problem and all(one.severity != "error" for one in found)


def _announce(settings: Settings) -> None:
    _log.info("serving", url=settings.url, hooks=str(settings.hooks))
    if settings.admin_token_value:
        _log.info("admin token made for this start", token=settings.admin_token_value)
