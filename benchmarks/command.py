"""What commands of this package share: tools, the machine, the table and the exit status."""

from __future__ import annotations

import signal
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from subprocess import SubprocessError
from types import FrameType
from typing import NoReturn

import rich_click as click
from rich.console import Console

from benchmarks import machine, rows
from benchmarks.needs import Need
from benchmarks.peers import gateway
from benchmarks.processes import PeerError
from benchmarks.rows import Row

format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "markdown"]),
    default="table",
    help="Of what is printed.",
)


def run(
    module: str, needs: Iterable[Need], measure: Callable[[Path], list[Row]], form: str
) -> NoReturn:
    """Print what `measure` finds in a directory of its own, and exit.

    Exit status: 0 every target met; 1 one is not; 2 a tool is missing or somebody answered
    wrongly; 130 interrupted.
    """
    progress = Console(stderr=True, highlight=False, soft_wrap=True)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        for need in needs:
            need.meet(True)
        facts = {**machine.describe(module), "gateway": gateway.PEER.version()}
        if machine.is_busy():
            progress.print("somebody else keeps this machine busy: figures may be off")
        with tempfile.TemporaryDirectory(prefix="gateway-bench-") as workdir:
            table = measure(Path(workdir))
    except KeyboardInterrupt:
        progress.print("interrupted; everything that was started is stopped")
        sys.exit(130)
    except (PeerError, OSError, SubprocessError) as error:
        progress.print(f"error: {error}", style="red")
        sys.exit(2)
    if form == "markdown":
        click.echo(rows.as_markdown(facts, table))
    else:
        rows.as_terminal(facts, table)
    sys.exit(0 if all(row.met is not False for row in table) else 1)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
