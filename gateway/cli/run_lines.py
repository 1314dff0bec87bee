"""What `gateway dev` says of runs: how long they are kept, and how to find them."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable
from functools import partial

import click

from gateway.cli.program import program
from gateway.cli.runs.reaching import TOKEN, address
from gateway.cli.sign import URL
from gateway.language.durable import durable_of
from gateway.language.spec import Hook
from gateway.settings import Settings

_COMMANDS = (("list",), ("show", "RUN"), ("replay", "RUN", "--anew"))


def run_lines(hooks: Iterable[Hook], settings: Settings, kept: bool) -> Callable[[str], None]:
    """Say whether runs are kept, and return what tells how to find them, given the admin token of
    this start. Without durable hooks, both say nothing.
    """
    if not any(hook.enabled and durable_of(hook) is not None for hook in hooks):
        return _say_nothing
    if not kept:
        click.echo("Runs are stored until the command ends. To keep them, set --state DIR.\n")
    return partial(_print_commands, settings)


def _say_nothing(_token: str) -> None:
    """There are no runs to find."""


def _print_commands(settings: Settings, token: str) -> None:
    """`token` is empty where none was made for this start."""
    if not (token or settings.admin_token):
        return
    click.echo("\nTo find the runs, and to deliver one again, in another terminal:\n")
    if token:
        click.echo(f"  export {TOKEN}={token}")
    flags = _flags(settings, token)
    for words in _COMMANDS:
        click.echo(f"  {shlex.join([*program(), 'runs', *words, *flags])}")
    click.echo()


def _flags(settings: Settings, token: str) -> list[str]:
    """Those that lead to this gateway."""
    base = address(settings.admin_listen) if settings.admin_listen else settings.url
    flags = [] if base == URL else ["--url", base]
    if not token:
        flags += ["--secrets", str(settings.secrets), "--admin-token", settings.admin_token]
    return flags
