"""`python -m benchmarks.shared`: what gateways do together that share a database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import rich_click as click

from benchmarks import command, load, scenario
from benchmarks.durables import disk
from benchmarks.peers import nginx
from benchmarks.rows import Row
from benchmarks.sharing.accepting import accepting
from benchmarks.sharing.backlog import backlog
from benchmarks.sharing.bloat import bloat
from benchmarks.sharing.database import server
from benchmarks.sharing.pending import Plan, pending
from tests.support.postgres import Server

BODY = 512
PARTS = ("accept", "backlog", "pending", "bloat")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--part", "parts", type=click.Choice(PARTS), multiple=True, help="Default: all.")
@click.option("--gateways", type=click.IntRange(1), default=3, show_default=True, help="At most.")
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True)
@click.option("--seconds", type=click.IntRange(2), default=5, show_default=True, help="A round.")
@click.option("--connections", type=click.IntRange(1), default=192, show_default=True)
@click.option("--backlog", "waiting", type=click.IntRange(1000), default=40_000, show_default=True)
@click.option("--pending", "many", type=click.IntRange(1000), default=1_700_000, show_default=True)
@click.option("--held", type=click.IntRange(1), default=180, show_default=True, help="Seconds.")
@click.option(
    "--runs", type=click.IntRange(1), default=1_000_000, show_default=True, help="For bloat."
)
@command.format_option
def main(
    parts: tuple[str, ...], gateways: int, rounds: int, seconds: int, connections: int,
    waiting: int, many: int, held: int, runs: int, form: str,
) -> None:  # fmt: skip
    """Starts PostgreSQL and gateways with one worker each, on this machine. Measures what they
    accept and deliver together, claims beside a million runs that wait and beside a transaction
    that stays open, and what the tables take after a million runs.

    \b
    Exit status: 0 as promised; 1 not; 2 a tool is missing or somebody answered wrongly.
    """
    request = scenario.bearer_post(connections, BODY)
    counts = range(1, gateways + 1)

    def measure(workdir: Path) -> list[Row]:
        measures: dict[str, Callable[[Server], list[Row]]] = {
            "accept": lambda at: accepting(at, workdir, counts, rounds, seconds, request),
            "backlog": lambda at: backlog(at, workdir, counts, rounds, waiting, request),
            "pending": lambda at: pending(at, workdir, Plan(many, held), request),
            "bloat": lambda at: bloat(at, workdir, runs, request),
        }
        rows = [disk.row([disk.synced(workdir)])]
        for part in parts or PARTS:
            with server() as at:
                rows += measures[part](at)
        return rows

    command.run("benchmarks.shared", [nginx.NEED, load.NEED], measure, form)


if __name__ == "__main__":
    main()
