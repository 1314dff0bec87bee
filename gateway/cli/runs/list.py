"""`gateway runs list`: runs, newest first."""

from __future__ import annotations

import sys
from typing import Any

import click

from gateway.cli.command import Command
from gateway.cli.parameters import WholeNumber
from gateway.cli.runs.declined import declining
from gateway.cli.runs.pages import FORMATS, pages
from gateway.cli.runs.reaching import reach, reaching
from gateway.cli.runs.selecting import SELECTING, STATE, chosen
from gateway.cli.runs.unknown_hook import warn_of_unknown


@click.command(name="list", cls=Command)
@STATE
@SELECTING
@click.option(
    "--limit",
    type=WholeNumber(1, 100_000),
    default=50,
    show_default=True,
    metavar="NUMBER",
    help="Most runs to list.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Output format: text (a table on a terminal, otherwise tab-separated lines) or json.",
)
@reaching
def command(limit: int, form: str, **flags: Any) -> None:
    """List runs, newest first, with state, attempts and times.

    Times are UTC. `held` marks runs that are not delivered because their hook is removed, disabled
    or out of service. On a pipe, each run is one line of seven tab-separated fields: run, hook,
    state, attempts, accepted, next attempt or end, and reason.

    Runs are written as they are read, 200 at a time; on a terminal, each 200 are a table.

    A --hook that no hook and no run has is a warning on standard error.

    Exit status: 0 success, also if there are no runs, 2 wrong usage, or the runs cannot be reached.

    \b
    Examples:
      gateway runs list
      gateway runs list --hook orders --state dead --since 1d
      gateway runs list --state dead --format json | jq -r '.runs[].run'
      gateway runs list --state-dir /var/lib/gateway
    """
    listed, found, more = FORMATS[form](), False, ""
    with declining(), reach(flags) as runs:
        for page in pages(runs, chosen(flags), limit):
            try:
                listed.add(page["runs"])
            except BrokenPipeError:  # the reader has what it wanted: `| head`
                sys.exit(0)
            found, more = found or bool(page["runs"]), page["next"]
        if not found and flags["hook"]:
            warn_of_unknown(runs, flags["hook"])
    listed.end(more)
    if more:
        click.echo("gateway: there are more runs; to list them, raise --limit", err=True)
    sys.exit(0)
