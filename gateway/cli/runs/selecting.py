"""The flags that choose runs."""

from __future__ import annotations

from typing import Any

import click

from gateway.cli.completion import hook_names
from gateway.cli.runs.moments import MOMENT

STATES = ("waiting", "queued", "running", "succeeded", "dead", "cancelled")
STATE = click.option(
    "--state",
    type=click.Choice(STATES),
    metavar="STATE",
    help="Runs in this state: waiting, queued, running, succeeded, dead or cancelled.",
)
_SELECTING = (
    click.option("--hook", metavar="NAME", shell_complete=hook_names, help="Runs of this hook."),
    click.option(
        "--since",
        type=MOMENT,
        metavar="TIME",
        help="Runs accepted at this time or later: 2h (ago); 10:30 (the last one); 2026-11-26 (its "
        "start) or 2026-11-26T10:30, on this machine's clock; 2026-11-26T10:30Z or with +01:00.",
    ),
    click.option(
        "--until",
        type=MOMENT,
        metavar="TIME",
        help="Runs accepted before this time, in the same forms.",
    ),
)


def SELECTING(command: Any) -> Any:  # noqa: N802 - used as STATE is
    """Give a command the flags for hook and times."""
    for one in reversed(_SELECTING):
        command = one(command)
    return command


def chosen(flags: dict[str, Any]) -> dict[str, Any]:
    """The flags that are there, as the gateway's endpoints call them."""
    named = ("hook", "state", "since", "until")
    return {name: flags[name] for name in named if flags.get(name)}
