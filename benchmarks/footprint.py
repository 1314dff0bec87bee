"""`python -m benchmarks.footprint`: memory, idle and loaded, and the time to the first answer."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from benchmarks import command, load
from benchmarks.footprints.measure import measure
from benchmarks.footprints.rows import rows
from benchmarks.peers import nginx
from benchmarks.rows import Row
from benchmarks.scenario import bearer_post


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, help="Starts.")
@click.option("--seconds", type=click.IntRange(1), default=5, show_default=True, help="Of load.")
@click.option("--idle", type=click.IntRange(1), default=10_000, show_default=True)
@click.option("--connections", type=click.IntRange(1), default=32, show_default=True)
@command.format_option
def main(rounds: int, seconds: int, idle: int, connections: int, form: str) -> None:
    """Starts a gateway with one worker, and measures the time until it answers, what its processes
    hold while nobody calls and under load, and what idle connections add and do to others.

    \b
    python -m benchmarks.footprint                      about two minutes
    python -m benchmarks.footprint --rounds 1 --seconds 2 --idle 1000

    \b
    Exit status: 0 as promised; 1 not; 2 wrong usage, or a tool is missing; 130 interrupted.
    """

    def measured(workdir: Path) -> list[Row]:
        return rows(measure(workdir, bearer_post(connections), rounds, seconds, idle))

    command.run("benchmarks.footprint", [load.NEED, nginx.NEED], measured, form)


if __name__ == "__main__":
    main()
