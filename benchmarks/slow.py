"""`python -m benchmarks.slow`: what slow clients cost others, and probes beside silent ones."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from benchmarks import command, load
from benchmarks.peers import nginx
from benchmarks.rows import Row
from benchmarks.scenario import bearer_post
from benchmarks.slowness import attack
from benchmarks.slowness.measure import Found, measure
from benchmarks.slowness.rows import rows


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True)
@click.option("--seconds", type=click.IntRange(1), default=5, show_default=True, help="Of load.")
@click.option("--slow", type=click.IntRange(1), default=500, show_default=True, help="Clients.")
@click.option("--silent", type=click.IntRange(1), default=4000, show_default=True)
@click.option("--connections", type=click.IntRange(1), default=32, show_default=True)
@command.format_option
def main(rounds: int, seconds: int, slow: int, silent: int, connections: int, form: str) -> None:
    """Loads a gateway alone and beside slowhttptest, which sends heads and bodies slowly and reads
    answers slowly, and asks the operators' listener while silent connections fill the callers' one.

    \b
    python -m benchmarks.slow                           about three minutes
    python -m benchmarks.slow --rounds 1 --seconds 2

    \b
    Exit status: 0 as promised; 1 not; 2 wrong usage, or a tool is missing; 130 interrupted.
    """

    def measured(workdir: Path) -> list[Row]:
        found = Found(slow, silent)
        return rows(measure(workdir, bearer_post(connections), rounds, seconds, found))

    needs = [load.NEED, nginx.NEED, attack.NEED]
    command.run("benchmarks.slow", needs, measured, form)


if __name__ == "__main__":
    main()
