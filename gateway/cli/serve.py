"""`gateway serve`: the hooks of a directory, until told to stop."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import Any

import rich_click as click

from gateway.cli.parameters import DURATION
from gateway.errors import OperatorError
from gateway.settings import Settings


def options(command: Any) -> Any:
    """The flags that `serve` and `dev` share; each has its variable GATEWAY_<FLAG>."""
    for option in reversed(
        [
            click.option("--host", default="127.0.0.1", show_default=True, help="Address."),
            click.option(
                "--port",
                default=8080,
                show_default=True,
                type=click.IntRange(1, 65535),
                help="Port.",
            ),
            click.option(
                "--workers",
                default=1,
                show_default=True,
                type=click.IntRange(1, 64),
                help="Processes that serve.",
            ),
            click.option(
                "--secrets",
                type=click.Path(path_type=Path),
                metavar="DIR",
                help="Directory of secret files, one secret a file.",
            ),
            click.option(
                "--state",
                type=click.Path(path_type=Path),
                metavar="DIR",
                help="Directory where the gateway keeps what must survive a restart.",
            ),
            click.option(
                "--admin-token",
                default="",
                metavar="NAME",
                help="The secret that opens /-/status; without it a random token is made.",
            ),
            click.option(
                "--pre-drain",
                type=DURATION,
                default=None,
                metavar="DURATION",
                help="How long to go on accepting after SIGTERM, not ready any more; "
                "5s in a container, 0s on a terminal.",
            ),
            click.option(
                "--drain",
                type=DURATION,
                default="20s",
                show_default=True,
                metavar="DURATION",
                help="How long requests in flight may take to finish.",
            ),
            click.option(
                "--log-format",
                type=click.Choice(["auto", "json", "text"]),
                default="auto",
                show_default=True,
                help="auto is text on a terminal, JSON lines otherwise.",
            ),
            click.option(
                "--log-level",
                type=click.Choice(["debug", "info", "warning", "error"]),
                default="info",
                show_default=True,
                help="The least severe lines to log.",
            ),
            click.option(
                "--strict", is_flag=True, help="Do not start while any hook has an error."
            ),
        ]
    ):
        command = option(command)
    return command


def settings_of(hooks: Path, flags: dict[str, Any]) -> Settings:
    """Settings from flags. Raises OperatorError for directories that cannot be used."""
    if not hooks.is_dir():
        raise OperatorError(
            f"there is no hooks directory {hooks}; name it: gateway serve path/to/hooks.d"
        )
    secrets_directory: Path | None = flags["secrets"]
    if secrets_directory is not None and not secrets_directory.is_dir():
        raise OperatorError(f"--secrets: {secrets_directory} is not a directory")
    if flags["pre_drain"] is None:
        flags["pre_drain"] = 0.0 if sys.stdin.isatty() or sys.stdout.isatty() else 5.0
    if not flags["admin_token"]:
        flags["admin_token_value"] = secrets.token_urlsafe(32)
    return Settings(hooks=hooks, **flags)


@click.command(context_settings={"auto_envvar_prefix": "GATEWAY"})
@click.argument("hooks", type=click.Path(path_type=Path), default="hooks.d", envvar="GATEWAY_HOOKS")
@options
def command(hooks: Path, **flags: Any) -> None:
    """Serve the hooks of a directory (hooks.d by default).

    \b
    gateway serve
    gateway serve /etc/gateway/hooks.d --host 0.0.0.0 --secrets /run/secrets
    GATEWAY_PORT=9090 GATEWAY_WORKERS=2 gateway serve
    """
    from gateway.cli.starting import start

    start(settings_of(hooks, flags))
