"""`gateway runs list`: runs, newest first."""

from __future__ import annotations

import sys
from typing import Any
from urllib.parse import urlencode

import click

from gateway.cli.command import Command
from gateway.cli.formats.json_text import json_text
from gateway.cli.parameters import WholeNumber
from gateway.cli.runs.declined import declining
from gateway.cli.runs.reaching import Runs, reach, reaching
from gateway.cli.runs.selecting import SELECTING, STATE, chosen
from gateway.cli.runs.tables import show_runs
from gateway.cli.runs.unknown_hook import warn_of_unknown

PAGE = 200


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

    A --hook that no hook and no run has is a warning on standard error.

    Exit status: 0 success, also if there are no runs, 2 wrong usage, or the runs cannot be reached.

    \b
    Examples:
      gateway runs list
      gateway runs list --hook orders --state dead --since 1d
      gateway runs list --state dead --format json | jq -r '.runs[].run'
      gateway runs list --state-dir /var/lib/gateway
    """
    with declining(), reach(flags) as runs:
        found, more = _listed(runs, chosen(flags), limit)
        if not found and flags["hook"]:
            warn_of_unknown(runs, flags["hook"])
    if form == "json":
        click.echo(json_text({"runs": found, "next": more}), nl=False)
    else:
        show_runs(found)
    if more:
        click.echo("gateway: there are more runs; to list them, raise --limit", err=True)
    sys.exit(0)


def _listed(runs: Runs, query: dict[str, Any], limit: int) -> tuple[list[dict[str, Any]], str]:
    """So many runs, and where the others begin."""
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        part = {**query, "limit": min(limit - len(found), PAGE), "after": after}
        page = runs.ask("GET", f"/-/runs?{urlencode(part)}")
        found += page["runs"]
        after = page["next"]
        if not after or len(found) >= limit:
            return found, after
