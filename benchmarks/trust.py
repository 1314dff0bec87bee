"""`python -m benchmarks.trust`: what proving who calls costs, and what a guesser gains."""

from __future__ import annotations

import json
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from subprocess import SubprocessError
from types import FrameType

import rich_click as click
from rich.console import Console

from benchmarks import load, machine
from benchmarks.needs import require, version_of
from benchmarks.peers import gateway, nginx
from benchmarks.processes import PeerError
from benchmarks.rows import Row, as_markdown, as_terminal
from benchmarks.trusting import guesses, rows, signed, timing

PARTS = {
    "signed": "what a signature costs beside a token",
    "guesses": "what a guesser costs those who know their password",
    "timing": "what the time of a refusal tells",
}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--rounds", type=click.IntRange(1), default=5, show_default=True, help="Whose median counts."
)
@click.option(
    "--seconds",
    type=click.IntRange(1),
    default=6,
    show_default=True,
    help="Of load, for each kind in each round.",
)
@click.option(
    "--refusals",
    type=click.IntRange(1000),
    default=20_000,
    show_default=True,
    help="Timed of each kind of wrong credential.",
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Of what chance decides: order, guesses."
)
@click.option(
    "--only",
    type=click.Choice(list(PARTS)),
    multiple=True,
    help="Measure just this; may be repeated.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "markdown"]),
    default="table",
    help="Of what is printed.",
)
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write all rows there.",
)
@click.option("--install/--no-install", default=True, help="Whether missing tools are installed.")
def main(
    rounds: int,
    seconds: int,
    refusals: int,
    seed: int,
    only: tuple[str, ...],
    form: str,
    json_file: Path | None,
    install: bool,
) -> None:
    """Compares a signed hook with one that takes a token, callers beside a guesser with callers
    alone, and the time of refusals of nearly right credentials with that of all wrong ones.

    \b
    python -m benchmarks.trust                                everything, about four minutes
    python -m benchmarks.trust --only timing --refusals 100000 --seed 7
    python -m benchmarks.trust --format markdown > figures.md

    \b
    Exit status: 0 measured; 2 wrong usage, a tool is missing, or somebody answered wrongly;
    130 interrupted. Targets are told, never enforced.
    """
    measures: dict[str, Callable[[Path], list[Row]]] = {
        "signed": lambda workdir: rows.signed(signed.measure(workdir, rounds, seconds)),
        "guesses": lambda workdir: rows.guessed(guesses.measure(workdir, rounds, seconds, seed)),
        "timing": lambda workdir: rows.timed(timing.measure(workdir, refusals, seed)),
    }
    wanted = {part: measures[part] for part in PARTS if not only or part in only}
    facts, found = _measured(wanted, install)
    if json_file:
        written = {"machine": facts, "rows": [asdict(row) for row in found]}
        json_file.write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n")
    if form == "markdown":
        click.echo(as_markdown(facts, found))
    else:
        as_terminal(facts, found)


def _measured(
    wanted: dict[str, Callable[[Path], list[Row]]], install: bool
) -> tuple[dict[str, str], list[Row]]:
    progress = Console(stderr=True, highlight=False, soft_wrap=True)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    found: list[Row] = []
    try:
        for need in (load.NEED, nginx.NEED):
            need.meet(install)
        facts = {
            **machine.describe("benchmarks.trust"),
            "gateway": gateway.PEER.version(),
            "wrk": version_of(require("wrk"), "-v"),
        }
        if machine.is_busy():
            progress.print("somebody else keeps this machine busy: figures may be off")
        for part, measure in wanted.items():
            progress.print(PARTS[part])
            with tempfile.TemporaryDirectory(prefix="gateway-trust-") as workdir:
                found += measure(Path(workdir))
        return facts, found
    except KeyboardInterrupt:
        progress.print("interrupted; everything that was started is stopped")
        sys.exit(130)
    except (PeerError, OSError, SubprocessError) as error:
        progress.print(f"error: {error}", style="red")
        sys.exit(2)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
