"""`python -m benchmarks.soak_reload`: a thousand reloads under load, and nothing to see of them."""

from __future__ import annotations

import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import SubprocessError
from types import FrameType

import rich_click as click
from rich.console import Console

from benchmarks import load, machine, rows
from benchmarks.load import Load, Round
from benchmarks.peers import gateway, nginx
from benchmarks.processes import PeerError
from benchmarks.reloads.footprint import Footprint
from benchmarks.reloads.ground import Ground, ground
from benchmarks.rows import Row
from benchmarks.scenario import Scenario, bearer_post
from tests.reload.calling import Caller, agreeing, callers

NAMES = [f"agree-{number}" for number in range(6)]
CALLERS = 2
STRETCH = 5
WARM = 0.1
"""The part of the reloads after which memory has to stay as it is."""


@dataclass
class Soak:
    """What came of it; `footprints` are taken as the reloads go on."""

    reloads: int
    rounds: list[Round] = field(default_factory=list)
    callers: list[Caller] = field(default_factory=list)
    footprints: list[Footprint] = field(default_factory=list)
    generation: int = 0
    seconds: float = 0.0


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--reloads", type=click.IntRange(10), default=1000, show_default=True)
@click.option("--hooks", type=click.IntRange(3), default=100, show_default=True, help="Files.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True)
@click.option("--connections", type=click.IntRange(1), default=32, show_default=True)
@click.option("--format", "form", type=click.Choice(["table", "markdown"]), default="table")
def main(reloads: int, hooks: int, workers: int, connections: int, form: str) -> None:
    """Reloads hooks as kubelet does, again and again, while wrk keeps connections busy and callers
    look for sets that are served by halves.

    \b
    python -m benchmarks.soak_reload                    a thousand reloads, about eight minutes
    python -m benchmarks.soak_reload --reloads 50 --workers 2

    \b
    Exit status: 0 as promised; 1 not; 2 wrong usage, or a tool is missing; 130 interrupted.
    """
    progress = Console(stderr=True, highlight=False, soft_wrap=True)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        for need in (load.NEED, nginx.NEED):
            need.meet(True)
        facts = {**machine.describe("benchmarks.soak_reload"), "gateway": gateway.PEER.version()}
        with tempfile.TemporaryDirectory(prefix="gateway-soak-") as workdir:
            found = _soak(Path(workdir), bearer_post(connections), reloads, hooks, workers)
    except KeyboardInterrupt:
        progress.print("interrupted; everything that was started is stopped")
        sys.exit(130)
    except (PeerError, OSError, SubprocessError) as error:
        progress.print(f"error: {error}", style="red")
        sys.exit(2)
    table = _rows(found)
    if form == "markdown":
        click.echo(rows.as_markdown(facts, table))
    else:
        rows.as_terminal(facts, table)
    sys.exit(0 if all(row.met is not False for row in table) else 1)


def _soak(workdir: Path, scenario: Scenario, reloads: int, hooks: int, workers: int) -> Soak:
    found = Soak(reloads)
    with ground(workdir, scenario, hooks, workers) as place:
        _reload(place, 0)
        before = place.status()["generation"]
        wrk = load.prepare(scenario, workdir, threads=1)
        url = f"http://127.0.0.1:{place.port}"
        started = time.perf_counter()
        with _loaded(wrk, place.port, found), callers(url, NAMES, CALLERS) as found.callers:
            for number in range(1, reloads + 1):
                _reload(place, number)
                if number % max(1, reloads // 20) == 0:
                    found.footprints.append(Footprint.of(place.server))
        found.seconds = time.perf_counter() - started
        found.generation = place.status()["generation"] - before
    return found


def _reload(place: Ground, number: int) -> None:
    """Another version of the files, and wait until it answers."""
    place.volume.write({**place.files, **agreeing(NAMES, number, place.workflow_url)})
    place.until_answered(f"fresh-{number}")


@contextmanager
def _loaded(wrk: Load, port: int, found: Soak) -> Iterator[None]:
    over = threading.Event()

    def keep_busy() -> None:
        while not over.is_set():
            found.rounds.append(wrk.run(port, STRETCH))

    thread = threading.Thread(target=keep_busy, name="wrk")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _rows(found: Soak) -> list[Row]:
    requests = sum(one.requests for one in found.rounds)
    errors = sum(one.errors for one in found.rounds)
    answers = sum(one.answers for one in found.callers)
    wrong = [text for one in found.callers for text in one.wrong]
    warm = found.footprints[round(len(found.footprints) * WARM)]
    last = found.footprints[-1]
    grown = (last.memory - warm.memory) / 2**20
    return [
        Row("reloads", f"{found.reloads:,} in {found.seconds:.0f} s", ""),
        Row(
            "generations",
            f"{found.generation:,}",
            "",
            "one each",
            found.generation == found.reloads,
        ),
        Row(f"failed of {requests:,} requests of wrk", str(errors), "", "none", errors == 0),
        Row(
            f"failed or torn of {answers:,} answers that must agree",
            str(len(wrong)),
            "; ".join(wrong[:3]),
            "none",
            not wrong,
        ),
        Row(
            f"resident memory after {WARM:.0%} of the reloads and at the end",
            f"{warm.memory / 2**20:.0f} → {last.memory / 2**20:.0f} MiB",
            "",
            "grows by under 5 MiB",
            grown < 5,
        ),
        Row(
            "open files then and at the end",
            f"{warm.files} → {last.files}",
            "",
            "no more",
            last.files <= warm.files,
        ),
    ]


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
