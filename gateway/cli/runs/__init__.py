"""`gateway runs`: what became of stored requests, and what to do about it."""

from __future__ import annotations

import click

from gateway.cli.lazy import LazyGroup, listed

COMMANDS = {
    "list": "List runs, newest first.",
    "show": "Show one run with its attempts.",
    "replay": "Deliver dead, cancelled or succeeded runs again.",
    "cancel": "End runs that are not delivered yet.",
    "backup": "Copy the store to a file.",
    "move": "Move all runs to another store.",
    "check": "Check the store of a stopped gateway for damage.",
}
"""Name → one line of help; `gateway.cli.runs.<name>` has the click command `command`."""


class RunsGroup(LazyGroup):
    """The commands about runs."""

    package = "gateway.cli.runs"


@click.group(cls=RunsGroup, commands=listed(COMMANDS))
def command() -> None:
    """List, replay and cancel the stored runs of durable hooks.

    The commands ask a running gateway, with the admin token. With --state-dir DIR, they open
    the store of a gateway that is stopped, with --store URL the database of several gateways.

    \b
    Examples:
      gateway runs list --state dead --since 1d
      gateway runs show 0193a1c2-7f3e-7c1a-9d55-0b6f3a2e8c41
      gateway runs replay --hook orders --state dead --dry-run
    """
