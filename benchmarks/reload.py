"""`python -m benchmarks.reload`: how soon a change is live, and what it costs whoever calls."""

from __future__ import annotations

import json
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from subprocess import SubprocessError
from types import FrameType

import rich_click as click
from rich.console import Console

from benchmarks import load, machine
from benchmarks.needs import require, version_of
from benchmarks.peers import gateway, nginx
from benchmarks.processes import PeerError
from benchmarks.reloads import checking, live, rows, traffic
from benchmarks.rows import Row, as_markdown, as_terminal
from benchmarks.scenario import bearer_post

CONNECTIONS = 32
PARTS = {
    "live": "how soon a change is live",
    "traffic": "what callers notice meanwhile",
    "validate": "gateway validate beside check-jsonschema",
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
    help="Of load, in each round without reloads and with.",
)
@click.option(
    "--hooks",
    type=click.IntRange(3),
    multiple=True,
    default=list(rows.LIVE_MS),
    show_default=True,
    help="In the directory; may be repeated.",
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
    hooks: tuple[int, ...],
    only: tuple[str, ...],
    form: str,
    json_file: Path | None,
    install: bool,
) -> None:
    """Changes hooks as kubelet does, and measures the time until they answer (beyond the quiet
    period), what 32 busy connections notice, and what checking the files costs.

    \b
    python -m benchmarks.reload                               everything, about four minutes
    python -m benchmarks.reload --only live --hooks 1000 --rounds 3
    python -m benchmarks.reload --format markdown > figures.md

    \b
    Exit status: 0 measured; 2 wrong usage, a tool is missing, or somebody answered wrongly;
    130 interrupted. Targets are told, never enforced.
    """
    measures: dict[str, Callable[[Path], list[Row]]] = {
        "live": lambda workdir: [_live(workdir, count, rounds) for count in hooks],
        "traffic": lambda workdir: rows.called(
            traffic.measure(workdir, bearer_post(CONNECTIONS), rounds, seconds)
        ),
        "validate": lambda workdir: rows.checked(checking.measure(workdir, rounds)),
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


def _live(workdir: Path, count: int, rounds: int) -> Row:
    return rows.live(
        count, live.measure(workdir / str(count), bearer_post(CONNECTIONS), count, rounds)
    )


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
        facts = _facts()
        if machine.is_busy():
            progress.print("somebody else keeps this machine busy: figures may be high")
        for part, measure in wanted.items():
            progress.print(PARTS[part])
            with tempfile.TemporaryDirectory(prefix="gateway-reload-") as workdir:
                found += measure(Path(workdir))
        return facts, found
    except KeyboardInterrupt:
        progress.print("interrupted; everything that was started is stopped")
        sys.exit(130)
    except (PeerError, OSError, SubprocessError) as error:
        progress.print(f"error: {error}", style="red")
        sys.exit(2)


def _facts() -> dict[str, str]:
    return {
        **machine.describe("benchmarks.reload"),
        "gateway": gateway.PEER.version(),
        "wrk": version_of(require("wrk"), "-v"),
        "check-jsonschema": version("check-jsonschema"),
    }


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
