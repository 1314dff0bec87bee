"""Starting the server from a command: the last checks that can still speak plainly."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec
import structlog

from gateway.errors import OperatorError
from gateway.operate.admin_token import unfit
from gateway.operate.logs import set_up_logs
from gateway.processes.memory import warn_of_memory
from gateway.processes.serving import serve
from gateway.processes.sockets import open_sockets
from gateway.reload.kept import Keeper
from gateway.runtime.sealing import sealing_of
from gateway.runtime.secret import SecretStore
from gateway.settings import Settings

if TYPE_CHECKING:
    from gateway.reload.leader import Leader
    from gateway.reload.loading import Loader

_log = structlog.get_logger("gateway")


def start(
    settings: Settings,
    sockets: list[socket.socket] | None = None,
    advise: Callable[[str], None] = lambda _token: None,
) -> None:
    """Check the address and the hooks, then serve until told to stop.

    `sockets` are those that `listen` opened before. `advise` is called before anything is logged,
    with the admin token where one was made and shown for this start.
    """
    _check_directory(settings)
    _check_admin_token(settings)
    _check_store_key(settings)
    sockets = sockets or listen(settings)
    lines = set_up_logs(settings.log_format, settings.log_level)
    token = "" if settings.admin_token else _shown_token(lines is None)
    advise(token)
    settings = _opened(settings, token)
    warn_of_memory(settings)
    serve(settings, sockets, _listen_to_operators(settings), partial(_leader, settings), lines)


def listen(settings: Settings) -> list[socket.socket]:
    """The sockets that callers reach. Raises OperatorError where nothing can listen."""
    remedy = "choose another address with --host or --port"
    return open_sockets(settings.host, settings.port, settings.workers, remedy)


def _listen_to_operators(settings: Settings) -> socket.socket | None:
    if not settings.admin_listen:
        return None
    host, _, port = settings.admin_listen.rpartition(":")
    remedy = "choose another with --admin-listen"
    return open_sockets(host.strip("[]"), int(port), 1, remedy)[0]


def _leader(settings: Settings) -> Leader:
    """The one that reads. The command ends where --strict asks for that."""
    from gateway.reload.leader import Leader
    from gateway.reload.loading import Loader

    loader = Loader(settings)
    if settings.strict and not _sound(loader):
        sys.exit(1)
    return Leader(settings, loader)


def _check_directory(settings: Settings) -> None:
    """A directory that is not there at the start is a slip of the pen, unless it was served
    before and what was good is kept.
    """
    if settings.hooks.is_dir() or Keeper(settings.state, settings.hooks).load():
        return
    refuse_file(settings.hooks)
    raise OperatorError(
        f"the hooks directory {settings.hooks} does not exist. "
        "To use another one, run: gateway serve path/to/hooks.d"
    )


def refuse_file(hooks: Path) -> None:
    """Raises OperatorError for a hook file in place of the directory that it is in."""
    if hooks.is_file():
        raise OperatorError(f"{hooks} is a file: name its directory, {hooks.parent}")


def _check_admin_token(settings: Settings) -> None:
    """Raises OperatorError for a secret that could never open anything."""
    if not settings.admin_token:
        return
    problem = unfit(SecretStore(settings.secrets).cell("secret", settings.admin_token))
    if problem:
        path = (settings.secrets or Path()) / settings.admin_token
        remedy = f"to create one, run: openssl rand -hex 32 > {path}"
        raise OperatorError(f"--admin-token: {problem}; {remedy}")


def _check_store_key(settings: Settings) -> None:
    """Raises OperatorError for keys that seal nothing."""
    keys = sealing_of(SecretStore(settings.secrets), settings.store.key)
    if keys is not None and keys.problem:
        raise OperatorError(f"--store-key: {keys.problem}; {keys.remedy}")


def _shown_token(readable: bool) -> str:
    """A token for this start, shown to whoever sits at the terminal; never in a log that is kept.

    `readable` is whether the log is for people. Empty where there is no terminal.
    """
    if not readable or not os.isatty(sys.stdout.fileno()):
        return ""
    token = secrets.token_urlsafe(32)
    click.echo(f"The admin token until the next start: {token}")
    return token


def _opened(settings: Settings, token: str) -> Settings:
    """What operators may do: with the token of this start where no other is set."""
    if token:
        digest = sha256(token.encode()).hexdigest()
        return msgspec.structs.replace(settings, admin_token_sha256=digest)
    if not settings.admin_token:
        closed = "status and reload" if settings.admin_listen else "status, reload and metrics"
        _log.info(
            f"{closed} are closed: there is no admin token",
            hint="set --admin-token to the name of a secret of at least 32 bytes",
        )
    return settings


def _sound(loader: Loader) -> bool:
    """Load, and log what is wrong. Whether the directory can be used and no hook has an error."""
    patience, loader.patience = loader.patience, None
    loader.load()
    loader.patience = patience
    found = loader.current.resolved.diagnostics if loader.current else ()
    return not loader.problem and all(one.severity != "error" for one in found)
