"""`gateway dev`: the hooks with an echo workflow, so that a fresh clone does its main job."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

import rich_click as click

from gateway.cli.credentials import Wallet, lasts, with_credentials
from gateway.cli.curl import curl_line, sample_call
from gateway.cli.new_secrets import make_secrets
from gateway.cli.parameters import PORT
from gateway.cli.serve import flag, options, settings_of
from gateway.cli.sign import HOOKS, SECRETS, URL
from gateway.language.escaping import escaped
from gateway.language.read import read
from gateway.language.spec import Hook
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
    from gateway.cli.starting import check_address, start

    flags["secrets"] = flags["secrets"] or Path(SECRETS)
    flags["secrets"].mkdir(mode=0o700, exist_ok=True)
    settings = settings_of(hooks, flags)
    check_address(settings)
    found = read(take(hooks).sources).hooks
    for said in make_secrets((hook.spec for hook in found), flags["secrets"]):
        click.echo(said, err=True)
    echo = start_echo(echo_port)
    click.echo(f"\nTry, in another terminal ({len(found)} hooks of {hooks}):\n")
    for hook in found:
        if hook.spec.enabled:
            said = escaped(hook.spec.description or hook.file)
            click.echo(f"  # {hook.spec.name}: {said}")
            click.echo(f"  {_line(hook.spec, settings.url, hooks, flags['secrets'])}\n")
    try:
        start(settings)
    finally:
        echo.terminate()
        echo.join()


def _line(hook: Hook, base: str, hooks: Path, secrets: Path) -> str:
    """What opens the hook whenever it is typed: a signature would expire, so it is made then."""
    if lasts(hook):
        return curl_line(with_credentials(hook, sample_call(hook, base), Wallet(secrets)))
    words = [*_program(), "sign", hook.name]
    for flag_, value, usual in (
        ("--hooks", str(hooks), HOOKS),
        ("--secrets", str(secrets), SECRETS),
        ("--url", base, URL),
    ):
        if value != usual:
            words += [flag_, value]
    return f"{shlex.join(words)} | sh"


def _program() -> list[str]:
    """How this command was called."""
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return [sys.executable, "-m", "gateway"]
    return ["gateway"] if shutil.which("gateway") == str(called) else [str(called)]
