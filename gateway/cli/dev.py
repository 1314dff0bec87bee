"""`gateway dev`: the hooks with an echo workflow, so that a fresh clone does its main job."""

from __future__ import annotations

import os
import secrets as random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import rich_click as click

from gateway.cli.curl import curl_line
from gateway.cli.parameters import PORT
from gateway.cli.serve import flag, options, settings_of
from gateway.language.read import ReadHook, read
from gateway.language.references import references
from gateway.reload.snapshot import take


@click.command(context_settings={"auto_envvar_prefix": "GATEWAY"})
@click.argument("hooks", type=click.Path(path_type=Path), default="hooks.d", envvar="GATEWAY_HOOKS")
@flag(
    "--echo-port",
    default=9000,
    type=PORT,
    metavar="PORT",
    help="Port of the echo workflow.",
)
@options
def command(hooks: Path, echo_port: int, **flags: Any) -> None:
    """Serve with an echo workflow on port 9000, for trying things out.

    Secrets that the hooks name and that are missing are made in `secrets/`, and a curl line for
    each hook is printed.

    \b
    Examples:
      gateway dev
      gateway dev path/to/hooks.d --port 8888
    """
    from gateway.cli.echo import start_echo
    from gateway.cli.starting import start

    flags["secrets"] = flags["secrets"] or Path("secrets")
    flags["secrets"].mkdir(mode=0o700, exist_ok=True)
    settings = settings_of(hooks, flags)
    found = read(take(hooks).sources).hooks
    for name in _make_secrets(found, flags["secrets"]):
        click.echo(f"made {name}", err=True)
    echo = start_echo(echo_port)
    base = f"http://{settings.host}:{settings.port}"
    click.echo(f"\nTry, in another terminal ({len(found)} hooks of {hooks}):\n")
    for hook in found:
        if hook.spec.enabled:
            click.echo(f"  # {hook.spec.name}: {hook.spec.description or hook.file}")
            click.echo(f"  {curl_line(hook.spec, base, flags['secrets'])}\n")
    try:
        start(settings)
    finally:
        echo.terminate()
        echo.join()


def _make_secrets(hooks: tuple[ReadHook, ...], directory: Path) -> Iterator[Path]:
    names = {name for hook in hooks for kind, name in references(hook.spec) if kind == "secret"}
    for name in sorted(names):
        path = directory / name
        if path.exists():
            continue
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(random.token_urlsafe(32) + "\n")
        yield path
