"""`gateway serve`: the hooks of a directory, until told to stop."""

from __future__ import annotations

import gc
import ssl
import sys
from itertools import chain
from pathlib import Path
from typing import Any

import click

from gateway.cli.command import Command
from gateway.cli.imports import without
from gateway.cli.parameters import ADDRESS, DURATION, NETWORKS, PORT, SIZE, WholeNumber, flag
from gateway.cli.store_flags import STORE, store_of
from gateway.errors import OperatorError
from gateway.processes.cgroup import default_body_memory, memory_limit
from gateway.settings import Settings

FLAGS = (
    flag("--host", default="127.0.0.1", metavar="ADDRESS", help="Address to listen on."),
    flag("--port", default=8080, type=PORT, metavar="PORT", help="Port to listen on."),
    flag(
        "--workers",
        default=1,
        type=WholeNumber(1, 64),
        metavar="NUMBER",
        help="Number of worker processes, at most 64.",
    ),
    flag(
        "--secrets",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Directory of secret files, one secret per file.",
    ),
    flag(
        "--state",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Directory for stored runs and for the last good hooks, for use after a restart.",
    ),
    flag(
        "--ca-file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="PEM bundle of authorities to trust for workflows, in addition to the system's.",
    ),
    flag(
        "--admin-listen",
        default="",
        type=ADDRESS,
        show_default=False,
        metavar="HOST:PORT",
        help="Address of a separate listener for operators. Without it, their paths, /-/…, are "
        "on the callers' listener.",
    ),
    flag(
        "--admin-token",
        default="",
        show_default=False,
        metavar="NAME",
        help="Name of the secret that opens /-/status, /-/reload and, if callers can reach it, "
        "/-/metrics. Without it, the gateway shows a generated token on a terminal, and closes "
        "them elsewhere.",
    ),
    flag(
        "--trusted-proxies",
        type=NETWORKS,
        multiple=True,
        show_default=False,
        metavar="CIDR,…",
        help="Networks of proxies whose X-Forwarded-For or Forwarded header is trusted.",
    ),
    flag(
        "--body-memory",
        type=SIZE,
        default=None,
        show_default=False,
        metavar="SIZE",
        help="Memory for request bodies per worker. Default: three eighths of the container's "
        "memory limit, divided among all workers, or 256MiB.",
    ),
    flag(
        "--pre-drain",
        type=DURATION,
        default=None,
        metavar="DURATION",
        help="Time to accept requests after SIGTERM, while readiness answers 503. Default: 5s, "
        "on a terminal 0s.",
    ),
    flag(
        "--drain",
        type=DURATION,
        default="20s",
        metavar="DURATION",
        help="Time for requests in flight to finish.",
    ),
    flag(
        "--log-format",
        type=click.Choice(["auto", "json", "text"]),
        default="auto",
        metavar="FORMAT",
        help="json (lines), text, or auto: text on a terminal, JSON lines otherwise.",
    ),
    flag(
        "--log-level",
        type=click.Choice(["debug", "info", "warning", "error"]),
        default="info",
        metavar="LEVEL",
        help="Lowest level to log: debug, info, warning or error.",
    ),
    *STORE,
    flag("--strict", is_flag=True, help="Do not start if a hook has an error."),
)
"""What `serve` and `dev` share; each has its variable GATEWAY_<FLAG>."""


def options(command: Any) -> Any:
    """Give a command the flags that `serve` and `dev` share."""
    for one in reversed(FLAGS):
        command = one(command)
    return command


def settings_of(hooks: Path, flags: dict[str, Any]) -> Settings:
    """Settings from flags. Raises OperatorError for directories that cannot be used."""
    secrets_directory: Path | None = flags["secrets"]
    if secrets_directory is not None and not secrets_directory.is_dir():
        raise OperatorError(f"--secrets: {secrets_directory} is not a directory")
    if flags["body_memory"] is None:
        flags["body_memory"] = default_body_memory(memory_limit(), flags["workers"])
    _check_bundle(flags["ca_file"])
    if flags["pre_drain"] is None:
        flags["pre_drain"] = 0.0 if sys.stdin.isatty() or sys.stdout.isatty() else 5.0
    if flags["admin_token"] and secrets_directory is None:
        raise OperatorError(
            "--admin-token names a secret: set --secrets to the directory that contains it"
        )
    flags["trusted_proxies"] = tuple(chain.from_iterable(flags["trusted_proxies"]))
    return Settings(hooks=hooks, store=store_of(flags), **flags)


def _check_bundle(path: Path | None) -> None:
    if path is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        raise OperatorError(f"--ca-file: {path} has no certificates in PEM form") from None
    except OSError as error:
        raise OperatorError(f"--ca-file: {path} cannot be read: {error.strerror}") from None


@click.command(cls=Command, context_settings={"auto_envvar_prefix": "GATEWAY"})
@click.argument("hooks", type=click.Path(path_type=Path), default="hooks.d", envvar="GATEWAY_HOOKS")
@options
def command(hooks: Path, **flags: Any) -> None:
    """Serve the hooks of a directory, hooks.d by default, until SIGTERM or Ctrl-C.

    On SIGTERM or Ctrl-C, stop accepting, finish requests in flight, and exit with status 0.
    Each flag has an environment variable. The variable of HOOKS is GATEWAY_HOOKS.

    \b
    Examples:
      gateway serve
      gateway serve /etc/gateway/hooks.d --host 0.0.0.0 --secrets /run/secrets
      GATEWAY_PORT=9090 GATEWAY_WORKERS=2 gateway serve
    """
    gc.disable()  # until what serves has been imported, none of which is garbage
    try:
        # structlog would import rich and pygments, for tracebacks that nobody sees: five megabytes.
        with without("rich"):
            from gateway.cli.starting import start

        start(settings_of(hooks, flags))
    finally:
        gc.enable()  # where nothing came to serve
