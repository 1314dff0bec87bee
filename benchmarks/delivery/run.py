"""`python -m benchmarks.delivery.run`: the same accepted and delivered by several systems."""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from subprocess import SubprocessError

import rich_click as click

from benchmarks import load, machine, scenario
from benchmarks.delivery.contestants import CONTESTANTS
from benchmarks.delivery.job import Contestant, Counting, contesting, cpu_of, workflow
from benchmarks.needs import Need
from benchmarks.peers import nginx
from benchmarks.processes import PeerError
from benchmarks.scenario import Scenario, Site
from tests.support.ports import free_port

BODY = 512
PATIENCE = 600.0
QUIET = 2.0
COLUMNS = "| | accepted/s | p50 ms | p99 ms | errors | delivered/s | CPU µs/run |"


@dataclass(frozen=True)
class Round:
    """Requests a second that were answered 202, and runs a second that were delivered from the
    first request to the last delivery; `cpu` is microseconds of all processes a run.
    """

    accepted: float
    p50: float
    p99: float
    errors: int
    delivered: float
    cpu: float


def contest(contestant: Contestant, workdir: Path, request: Scenario, seconds: int) -> Round:
    """One system, started anew: loaded, then left alone until everything is delivered."""
    workdir.mkdir(mode=0o711)
    with workflow(workdir / "workflow", request) as counting:
        place = workdir / "system"
        # A database that refuses to run as root has its files below.
        place.mkdir(mode=0o711)
        site = Site(place, free_port(), counting.port, request)
        with contesting(contestant, site) as server:
            wrk = load.prepare(request, workdir, 1)
            wrk.run(site.port, 1)
            _delivered(counting)
            before, first = cpu_of(server.process.pid), counting.count()
            begun = time.perf_counter()
            found = wrk.run(site.port, seconds)
            last, ended = _delivered(counting)
            cpu = cpu_of(server.process.pid) - before
    runs = last - first
    accepted = found.requests - found.bad_status
    if runs < accepted:
        raise PeerError(f"{accepted - runs} of {accepted} accepted runs were not delivered")
    return Round(
        accepted / found.seconds,
        found.p50,
        found.p99,
        found.errors,
        runs / (ended - begun),
        cpu / runs * 1e6,
    )


def _delivered(counting: Counting) -> tuple[int, float]:
    """The count, and when it was reached, once nothing has come for QUIET seconds."""
    begun = last_change = time.perf_counter()
    count = counting.count()
    while time.perf_counter() - last_change < QUIET:
        time.sleep(0.05)
        found = counting.count()
        if found != count:
            count, last_change = found, time.perf_counter()
        if time.perf_counter() - begun > PATIENCE:
            raise PeerError(f"not all was delivered after {PATIENCE:.0f} s")
    return count, last_change


def line(contestant: Contestant, rounds: list[Round]) -> str:
    """A row of the table."""

    def of(name: str) -> float:
        return float(median(getattr(one, name) for one in rounds))

    errors = sum(one.errors for one in rounds)
    return (
        f"| {contestant.name} | {of('accepted'):,.0f} | {of('p50'):.1f} | {of('p99'):.1f} "
        f"| {errors} | {of('delivered'):,.0f} | {of('cpu'):,.0f} |"
    )


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True)
@click.option("--seconds", type=click.IntRange(1), default=5, show_default=True, help="Of load.")
@click.option("--connections", type=click.IntRange(1), default=64, show_default=True)
@click.option("--only", type=click.Choice(list(CONTESTANTS)), multiple=True)
def main(rounds: int, seconds: int, connections: int, only: tuple[str, ...]) -> None:
    """Loads each system in turn with requests that are answered 202 once they are on disk, and
    waits until all were delivered. As root, it installs what is missing.

    \b
    Exit status: 0 measured; 2 a system is missing, or lost a run.
    """
    request = scenario.bearer_post(connections, BODY)
    names = only or tuple(CONTESTANTS)
    found: dict[str, list[Round]] = {name: [] for name in names}
    try:
        needs: list[Need] = [nginx.NEED, load.NEED]
        for name in names:
            needs += CONTESTANTS[name].needs
        for need in needs:
            need.meet(True)
        for label, text in machine.describe("benchmarks.delivery.run").items():
            click.echo(f"- {label}: {text}")
        with tempfile.TemporaryDirectory(prefix="gateway-bench-") as workdir:
            Path(workdir).chmod(0o711)
            for number in range(rounds):
                for name in names if number % 2 == 0 else names[::-1]:
                    place = Path(workdir) / f"{number}-{name}"
                    one = contest(CONTESTANTS[name], place, request, seconds)
                    found[name].append(one)
                    click.echo(f"{name}: {one}", err=True)
    except (PeerError, OSError, SubprocessError) as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)
    for name in names:
        click.echo(f"- {CONTESTANTS[name].name}: {CONTESTANTS[name].version()}")
        click.echo(f"  202: {CONTESTANTS[name].promise}")
    click.echo(f"\n{COLUMNS}\n|---|---:|---:|---:|---:|---:|---:|")
    for name in names:
        click.echo(line(CONTESTANTS[name], found[name]))


if __name__ == "__main__":
    main()
