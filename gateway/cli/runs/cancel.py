"""`gateway runs cancel`: end runs that are not delivered yet."""

from __future__ import annotations

import sys
from typing import Any

import click

from gateway.cli.command import Command
from gateway.cli.runs.changing import DRY_RUN, YES, change_many, change_named, check_choice
from gateway.cli.runs.declined import declining
from gateway.cli.runs.reaching import reach, reaching
from gateway.cli.runs.run_id import RUN
from gateway.cli.runs.selecting import SELECTING, chosen


@click.command(cls=Command)
@click.argument("runs", type=RUN, nargs=-1)
@click.option(
    "--state",
    type=click.Choice(["waiting", "queued", "running", "dead"]),
    help="Runs in this state.",
)
@SELECTING
@DRY_RUN
@YES
@reaching
def command(runs: tuple[str, ...], dry_run: bool, yes: bool, **flags: Any) -> None:
    """End runs that are not delivered yet. They can be replayed later.

    Name RUNS, or choose runs with --hook. Before it changes the runs of a hook, the command
    prints their number and asks; where it cannot ask, it needs --yes. An attempt that is in
    flight is interrupted, and may have had an effect. Dead runs are cancelled only with
    --state dead, or where they hold back the runs of their key.

    Exit status: 0 success, 1 no run matches or one was not cancelled, 2 wrong usage, or the runs
    cannot be reached.

    \b
    Examples:
      gateway runs cancel 0193a1c2-7f3e-7c1a-9d55-0b6f3a2e8c41
      gateway runs cancel --hook orders --since 10:00 --until 11:00
      gateway runs cancel --hook orders --state dead
      gateway runs cancel --hook orders --yes --state-dir /var/lib/gateway
    """
    body = {"dry_run": dry_run}
    which = chosen(flags)
    check_choice(runs, which)
    with declining(), reach(flags) as where:
        if runs:
            status = change_named(where, "cancel", runs, body)
        else:
            status = change_many(where, "cancel", which, body, yes)
    sys.exit(status)
