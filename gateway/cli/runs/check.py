"""`gateway runs check`: whether the store of a stopped gateway is sound."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import click

from gateway.cli.command import Command
from gateway.errors import OperatorError
from gateway.language.escaping import escaped
from gateway.runs.sqlite.fault import Fault, InUse
from gateway.runs.sqlite.lock import lock

SHOWN = 20
"""Findings that are printed at most."""
_BARE = f"""SELECT lower(hex(id)) FROM run WHERE state < 3
    AND NOT EXISTS (SELECT 1 FROM payload WHERE payload.seq = run.seq) LIMIT {SHOWN}"""  # noqa: S608


@click.command(cls=Command)
@click.option(
    "--state-dir",
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="State directory of a gateway that is stopped.",
)
def command(state_dir: Path) -> None:
    """Check the store of a stopped gateway for damage.

    The check reads the whole file with its indexes, some minutes for a gigabyte, and looks for runs
    whose payload is missing. It repairs nothing. Where the gateway was killed, it moves the runs
    of runs.db-wal into runs.db, as the next start would.

    Exit status: 0 the store is sound, 1 it is damaged, 2 wrong usage, or the store cannot be
    opened.

    \b
    Examples:
      gateway runs check --state-dir /var/lib/gateway
    """
    path = state_dir / "runs.db"
    if not path.is_file():
        raise OperatorError(f"{state_dir} has no stored runs: there is no file runs.db")
    try:
        lock(state_dir)
    except InUse:
        raise OperatorError(
            f"a gateway is running on {state_dir}: stop it first, or check a copy that "
            "`gateway runs backup COPY/runs.db` makes"
        ) from None
    except Fault as fault:
        raise OperatorError(str(fault)) from None
    findings = _findings(path)
    for finding in findings:
        click.echo(escaped(f"{path}: {finding}"))
    if findings:
        click.echo("gateway: the store is damaged: restore a backup, or move it away", err=True)
        sys.exit(1)
    click.echo(escaped(f"{path} is sound"))


def _findings(path: Path) -> list[str]:
    """What SQLite says of the file; nothing where it is sound."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as file:
            # As the store opens it: without a second file beside it for shared memory.
            file.execute("PRAGMA locking_mode=EXCLUSIVE").fetchall()
            rows = file.execute(f"PRAGMA integrity_check({SHOWN})").fetchall()
            found = [text for (text,) in rows if text != "ok"]
            return found or [f"run {name} has no payload" for (name,) in file.execute(_BARE)]
    except sqlite3.DatabaseError as error:
        return [str(error)]
    except UnicodeDecodeError:
        # SQLite quotes a damaged schema in its message, and Python takes that for UTF-8.
        return ["the schema is not readable text"]
