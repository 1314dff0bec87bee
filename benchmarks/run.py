"""`python -m benchmarks.run`: the gateway side by side with its peers, in one run."""

from __future__ import annotations

import json
import signal
import sys
import tempfile
from pathlib import Path
from subprocess import SubprocessError
from types import FrameType

import rich_click as click
from rich.console import Console

from benchmarks import load, machine, measure, render, report, scenario
from benchmarks.needs import require, version_of
from benchmarks.peers import PEERS, gateway, nginx
from benchmarks.peers.protocol import Peer
from benchmarks.processes import PeerError

NAMES = [peer.key for peer in PEERS]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--seconds",
    type=click.IntRange(1),
    show_default=True,
    default=6,
    help="Of load, for each peer in each round.",
)
@click.option(
    "--rounds", type=click.IntRange(1), show_default=True, default=3, help="Whose median counts."
)
@click.option(
    "--warm-up",
    type=click.IntRange(1),
    show_default=True,
    default=2,
    help="Seconds of load before the first round.",
)
@click.option(
    "--connections",
    type=click.IntRange(1),
    show_default=True,
    default=32,
    help="That wrk keeps open.",
)
@click.option(
    "--threads", type=click.IntRange(1), show_default=True, default=1, help="That wrk uses."
)
@click.option(
    "--only",
    type=click.Choice(NAMES),
    multiple=True,
    help="Measure just this one; may be repeated.",
)
@click.option(
    "--against",
    metavar="REVISION",
    help="Measure this revision of the gateway as well; it is built in a git worktree.",
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
    help="Write all figures there.",
)
@click.option("--install/--no-install", default=True, help="Whether missing peers are installed.")
def main(
    seconds: int,
    rounds: int,
    warm_up: int,
    connections: int,
    threads: int,
    only: tuple[str, ...],
    against: str | None,
    form: str,
    json_file: Path | None,
    install: bool,
) -> None:
    """Loads the gateway and its peers in turn with one POST, and compares them.

    Every peer is installed where that is possible (Debian packages as root, npm packages below
    benchmarks/.peers), started on 127.0.0.1, and must give the right answer and refuse wrong
    requests before it is measured. Targets are told, never enforced.

    \b
    python -m benchmarks.run                                  everybody, three minutes
    python -m benchmarks.run --seconds 1 --rounds 1 --only gateway --only caddy
    python -m benchmarks.run --only gateway --against v0.1.0  two revisions of the gateway
    python -m benchmarks.run --format markdown --json figures.json > figures.md

    \b
    Exit status: 0 measured; 1 the gateway was not measured, or somebody answered wrongly;
    2 wrong usage, or a tool is missing; 130 interrupted.
    """
    if json_file and not json_file.parent.is_dir():
        raise click.BadParameter(f"there is no directory {json_file.parent}", param_hint="--json")
    peers = [peer for peer in PEERS if not only or peer.key in only]
    if against:
        peers.insert(1, _revision(against))
    plan = measure.Plan(peers, rounds, seconds, warm_up, threads, install)
    found = _measured(plan, scenario.bearer_post(connections))
    if json_file:
        json_file.write_text(json.dumps(found.as_json(), indent=2, ensure_ascii=False) + "\n")
    if form == "markdown":
        click.echo(render.as_markdown(found))
    else:
        render.as_terminal(found, Console(soft_wrap=True))
    sys.exit(0 if found.valid else 1)


def _revision(name: str) -> Peer:
    try:
        return gateway.against(name)
    except PeerError as error:
        raise click.BadParameter(str(error), param_hint="--against") from error


def _measured(plan: measure.Plan, request: scenario.Scenario) -> report.Report:
    progress = Console(stderr=True, highlight=False, soft_wrap=True)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        for need in (load.NEED, nginx.NEED):
            need.meet(plan.may_install)
        facts = {
            **machine.describe("benchmarks.run"),
            "wrk": version_of(require("wrk"), "-v"),
            "workflow": f"nginx {nginx.version()}, static JSON, connections kept open",
        }
        if machine.is_busy():
            progress.print("somebody else keeps this machine busy: figures may be low")
        with tempfile.TemporaryDirectory(prefix="gateway-benchmark-") as workdir:
            contenders = measure.measure(plan, request, Path(workdir), progress.print)
        return report.make(facts, request.name, contenders)
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
