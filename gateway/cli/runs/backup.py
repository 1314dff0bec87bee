"""`gateway runs backup`: a copy of the store that can be opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gateway.cli.command import Command
from gateway.cli.formats.text import printable
from gateway.cli.runs.declined import declining
from gateway.cli.runs.reaching import reach, reaching


@click.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
@reaching
def command(file: Path, **flags: Any) -> None:
    """Copy the store to a new FILE, while the gateway runs.

    The gateway writes FILE on its own machine, readable by its user alone. The copy is of one
    moment, and the gateway accepts and delivers runs meanwhile. To use it, put it into an empty
    state directory as runs.db.

    Exit status: 0 success, 1 the file exists or cannot be written, 2 wrong usage, or the runs
    cannot be reached.

    \b
    Examples:
      gateway runs backup /backup/runs-2026-11-26.db
      gateway runs backup /backup/runs.db --state-dir /var/lib/gateway
    """
    with declining(), reach(flags) as runs:
        done = runs.ask("POST", "/-/runs/backup", {"file": str(file.absolute())})
    click.echo(f"{printable(done['file'])}: {done['bytes']} bytes")
