"""`gateway runs replay`: deliver runs again."""

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
from gateway.errors import OperatorError


@click.command(cls=Command)
@click.argument("runs", type=RUN, nargs=-1)
@click.option(
    "--state",
    type=click.Choice(["dead", "cancelled", "succeeded"]),
    help="Runs in this state; succeeded needs --anew. Default: dead and cancelled.",
)
@SELECTING
@click.option("--anew", is_flag=True, help="Start copies under new ids, also of succeeded runs.")
@click.option(
    "--anyway",
    is_flag=True,
    help="Replay runs although the hook's authentication, allow_from, match or method have "
    "changed since they were accepted. The gateway logs this.",
)
@DRY_RUN
@YES
@reaching
def command(
    runs: tuple[str, ...], anew: bool, anyway: bool, dry_run: bool, yes: bool, **flags: Any
) -> None:
    """Deliver dead and cancelled runs again, under their own ids and with all attempts.

    Name RUNS, or choose runs with --hook. Before it changes the runs of a hook, the command
    prints their number and asks; where it cannot ask, it needs --yes. A replay needs a running
    gateway, because it compares the runs with their hook.

    Exit status: 0 success, 1 no run matches or one was not replayed, 2 wrong usage, or the
    gateway cannot be reached.

    \b
    Examples:
      gateway runs replay 0193a1c2-7f3e-7c1a-9d55-0b6f3a2e8c41
      gateway runs replay --hook orders --state dead --since 1d --dry-run
      gateway runs replay --hook orders --state dead --since 1d --yes
      gateway runs replay 0193a1c2-7f3e-7c1a-9d55-0b6f3a2e8c41 --anew
    """
    if flags["state_dir"] is not None or flags["store"] is not None:
        raise OperatorError("a replay needs the running gateway: start it, then replay")
    if flags["state"] == "succeeded" and not anew:
        raise click.UsageError("succeeded runs are replayed under new ids only: add --anew")
    body = {"anew": anew, "anyway": anyway, "dry_run": dry_run}
    which = chosen(flags)
    check_choice(runs, which)
    with declining(), reach(flags) as where:
        if runs:
            status = change_named(where, "replay", runs, body)
        else:
            status = change_many(where, "replay", which, body, yes)
    sys.exit(status)
