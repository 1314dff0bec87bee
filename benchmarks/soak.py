"""`python -m benchmarks.soak`: all that can go wrong at once, and nothing lost."""

from __future__ import annotations

import rich_click as click

from benchmarks import command
from benchmarks.soaking.rows import rows
from benchmarks.soaking.run import Plan, soak


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--seconds", type=click.IntRange(5), default=600, show_default=True)
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True)
@click.option("--callers", type=click.IntRange(1), default=8, show_default=True, help="Of a hook.")
@click.option("--slow", type=click.IntRange(0), default=40, show_default=True, help="Slow clients.")
@click.option("--kill-every", type=float, default=20.0, show_default=True, help="Seconds.")
@command.format_option
def main(seconds: int, workers: int, callers: int, slow: int, kill_every: float, form: str) -> None:
    """Loads a gateway while hooks are reloaded, workers are killed, the workflow fails, clients
    are slow and callers leave, and accounts for each request.

    \b
    python -m benchmarks.soak                           ten minutes
    python -m benchmarks.soak --seconds 30 --kill-every 5

    \b
    Exit status: 0 as promised; 1 not; 2 wrong usage, or the gateway does not come back;
    130 interrupted.
    """
    plan = Plan(seconds, kill_every=kill_every, callers=callers, slow=slow, workers=workers)
    command.run("benchmarks.soak", [], lambda workdir: rows(soak(workdir, plan)), form)


if __name__ == "__main__":
    main()
