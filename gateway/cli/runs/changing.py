"""What replay and cancel have in common: runs by id, or many of a hook after a question."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from gateway.cli.formats.report import counted
from gateway.cli.runs.reaching import DeclinedError, Runs
from gateway.cli.runs.unknown_hook import warn_of_unknown
from gateway.errors import OperatorError
from gateway.language.escaping import escaped

DRY_RUN = click.option("--dry-run", is_flag=True, help="Count the runs, and change nothing.")
YES = click.option("--yes", is_flag=True, help="Do not ask before changing the runs of a hook.")


def check_choice(runs: Sequence[str], chosen: dict[str, Any]) -> None:
    """Raises UsageError where it is not clear which runs are meant."""
    if runs and chosen:
        raise click.UsageError("name runs, or choose them with --hook; not both")
    if not runs and "hook" not in chosen:
        raise click.UsageError("name runs, or choose them with --hook NAME")


def change_named(where: Runs, verb: str, runs: Sequence[str], body: dict[str, Any]) -> int:
    """One after another, each with its own reason where it is declined; the exit status."""
    status = 0
    for run in runs:
        try:
            done = where.ask("POST", f"/-/runs/{run}/{verb}", body)
        except DeclinedError as declined:
            click.echo(f"gateway: {run}: {escaped(str(declined))}", err=True)
            status = 1
        else:
            click.echo(_named(verb, run, done, body))
    return status


def _named(verb: str, run: str, done: dict[str, Any], body: dict[str, Any]) -> str:
    if body["dry_run"]:
        return f"{run} would be {_PAST[verb]}"
    new = done["runs"][0] if done["runs"] else run
    return f"{run} is {_PAST[verb]}" + (f" as {new}" if new != run else "")


_PAST = {"replay": "replayed", "cancel": "cancelled"}


def change_many(
    where: Runs, verb: str, chosen: dict[str, Any], body: dict[str, Any], yes: bool
) -> int:
    """Count, ask, change; the exit status: 1 where nothing matched or was changed."""
    asked = {**chosen, **body}
    try:
        counts = _in_parts(where, verb, {**asked, "dry_run": True}, shown=False)
    except DeclinedError:
        if warn_of_unknown(where, chosen["hook"]):
            return 1
        raise
    able = counts["matched"] - counts["gate_differs"]
    _tell_differing(counts["gate_differs"])
    if not able:
        if not counts["matched"] and not warn_of_unknown(where, chosen["hook"]):
            click.echo("gateway: no run matches", err=True)
        return 1
    if body["dry_run"]:
        click.echo(f"{counted(able, 'run')} would be {_PAST[verb]}")
        return 0
    _ask(f"{verb.capitalize()} {counted(able, 'run')} of {chosen['hook']}?", able, verb, yes)
    done = _in_parts(where, verb, asked, shown=sys.stderr.isatty())
    click.echo(f"{counted(done['changed'], 'run')} {_PAST[verb]}")
    return 0 if done["changed"] else 1


def _in_parts(where: Runs, verb: str, body: dict[str, Any], shown: bool) -> dict[str, int]:
    """A request for each ten thousand runs."""
    sums = {"matched": 0, "changed": 0, "gate_differs": 0}
    after = ""
    while True:
        done = where.ask("POST", f"/-/runs/{verb}", {**body, "after": after})
        for name in sums:
            sums[name] += done[name]
        after = done["next"]
        if not after:
            return sums
        if shown:
            click.echo(f"{sums['changed']} {_PAST[verb]} …", err=True)


def _tell_differing(count: int) -> None:
    if count:
        click.echo(
            f"gateway: {counted(count, 'run')} left out: the hook's authentication, allow_from, "
            "match or method differ from when they were accepted; gateway runs show names the "
            "difference, and --anyway replays them",
            err=True,
        )


def _ask(question: str, count: int, verb: str, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        would = f"{counted(count, 'run')} would be {_PAST[verb]}"
        raise OperatorError(f"{would}; to do it without a question, add --yes")
    click.confirm(question, abort=True)
