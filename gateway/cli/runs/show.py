"""`gateway runs show`: everything about one run."""

from __future__ import annotations

from typing import Any

import click

from gateway.cli.command import Command
from gateway.cli.formats.json_text import json_text
from gateway.cli.runs.declined import declining
from gateway.cli.runs.reaching import reach, reaching
from gateway.cli.runs.run_id import RUN
from gateway.cli.runs.tables import show_detail, show_payload


@click.command(cls=Command)
@click.argument("run", type=RUN)
@click.option(
    "--payload", is_flag=True, help="Show what the run delivers as well. The gateway logs this."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Output format: text or json.",
)
@reaching
def command(run: str, payload: bool, form: str, **flags: Any) -> None:
    """Show one run with the times, status codes and reasons of its last 20 attempts.

    `changed_since` names the keys of the hook that are not what they were when the run was
    accepted. A replay then needs --anyway.

    Exit status: 0 success, 1 no run has this id, 2 wrong usage, or the runs cannot be reached.

    \b
    Examples:
      gateway runs show 0193a1c2-7f3e-7c1a-9d55-0b6f3a2e8c41
      gateway runs show 0193a1c2-7f3e-7c1a-9d55-0b6f3a2e8c41 --payload --format json
    """
    with declining(), reach(flags) as runs:
        found = runs.ask("GET", f"/-/runs/{run}")
        body = runs.ask("GET", f"/-/runs/{run}/payload") if payload else None
    if form == "json":
        found |= {} if body is None else {"payload": body}
        click.echo(json_text(found), nl=False)
        return
    show_detail(found)
    if body is not None:
        show_payload(body)
