"""`python -m benchmarks.durable`: what durable hooks of a real gateway accept and deliver."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

import rich_click as click

from benchmarks import command, load, scenario
from benchmarks.delivery.job import workflow
from benchmarks.durables import disk
from benchmarks.durables.ground import KEYED, Ground, Stored, Wal, gateway, prepared, stored
from benchmarks.durables.paced import paced
from benchmarks.peers import nginx
from benchmarks.peers.gateway import HOOK_YAML
from benchmarks.processes import PeerError
from benchmarks.rows import Row
from benchmarks.scenario import Scenario, Site
from tests.support.ports import free_port

BODY = 512
MIB = 1024 * 1024
RATES = {64: 4000, 256: 6000}
HALF = 2000
DIRECT = "direct"
OTHER = "other"
PATIENCE = 300.0


def accepting(workdir: Path, rounds: int, seconds: int, wal: Wal) -> list[Row]:
    """Runs are stored while the workflow's server is down, so that nothing is delivered."""
    found: dict[tuple[bool, int], list[Stored]] = {}
    syncs = []
    request = scenario.bearer_post(64, BODY)
    with gateway(Site(workdir / "down", free_port(), free_port(), request)) as ground:
        for number in range(rounds):
            syncs.append(disk.synced(workdir))
            for connections in RATES:
                for keyed in (False, True):
                    path = f"/hooks/{KEYED}" if keyed else request.path
                    one = replace(request, connections=connections, path=path)
                    wrk = prepared(one, workdir / f"{connections}-{keyed}-{number}", keyed)
                    found.setdefault((keyed, connections), []).append(
                        stored(ground, wrk, seconds, wal)
                    )
        calm = [
            paced(ground.site.port, request, HALF, seconds).at(0.99) * 1000 for _ in range(rounds)
        ]
    rows = [_accepted(*key, results) for key, results in found.items()]
    half = Row(
        f"p99 of acceptance at {HALF:,} a second", f"{median(calm):.1f} ms",
        f"{max(calm):.1f} ms", "under 20 ms", median(calm) < 20,
    )  # fmt: skip
    return [disk.row(syncs), *rows, half]


def _accepted(keyed: bool, connections: int, results: list[Stored]) -> Row:
    wanted = RATES[connections]
    worst = min(results, key=lambda one: one.rate)
    middle = sorted(results, key=lambda one: one.rate)[len(results) // 2]
    errors = sum(one.round.errors for one in results)
    met = middle.rate >= wanted and (connections != 64 or middle.round.p99 < 50) and not errors
    target = f"{wanted:,}/s" + (", p99 under 50 ms" if connections == 64 else "")
    what = "answered 202" + (" with a key" if keyed else "")
    return Row(
        f"{what}, {connections} connections", f"{_words(middle)}; {errors} errors",
        _words(worst), target, met,
    )  # fmt: skip


def _words(one: Stored) -> str:
    return (
        f"{one.rate:,.0f}/s, p50 {one.round.p50:.1f}, p99 {one.round.p99:.1f} ms, "
        f"{one.cpu:.0f} µs of which {one.store:.0f} of the store"
    )


def delivering(workdir: Path, rounds: int, seconds: int, wal: Wal) -> list[Row]:
    """Runs are stored and delivered at the same time."""
    request = scenario.bearer_post(64, BODY)
    with workflow(workdir / "workflow", request) as counting:
        site = Site(workdir / "up", free_port(), counting.port, request)
        with gateway(site) as ground:
            wrk = prepared(request, workdir / "load")
            found = []
            for _ in range(rounds):
                begun, first = time.perf_counter(), counting.count()
                one = stored(ground, wrk, seconds, wal)
                rate = (counting.count() - first) / (time.perf_counter() - begun)
                found.append((rate, one))
    rate, one = sorted(found, key=lambda pair: pair[1].rate)[len(found) // 2]
    text = f"{_words(one)}; meanwhile {rate:,.0f}/s delivered"
    return [Row("answered 202 beside deliveries, 64 connections", text, "")]


def backlog(workdir: Path, seconds: int) -> Row:
    """What was stored while the workflow was down is delivered after a start with two workers."""
    request = scenario.bearer_post(64, BODY)
    port = free_port()
    site = Site(workdir / "backlog", free_port(), port, request)
    with gateway(site) as ground:
        stored(ground, prepared(request, workdir / "backlog-load"), seconds, Wal())
    with workflow(workdir / "backlog-workflow", request, port) as counting, gateway(site, 2):
        # Not the first ones: the workers' connections to the workflow are opened with them.
        first, begun = _reached(counting.count, 200)
        time.sleep(1)
        rates = []
        while (count := counting.count()) > first:
            now = time.perf_counter()
            rates.append((count - first) / (now - begun))
            first, begun = count, now
            time.sleep(1)
    if len(rates) < 2:
        raise PeerError("the backlog was too short to measure")
    # The last second was not full.
    rate = median(rates[:-1])
    return Row(
        "delivery of a backlog, two workers", f"{rate:,.0f} runs/s", f"{min(rates[:-1]):,.0f}",
        "1,500/s", rate >= 1500,
    )  # fmt: skip


def _reached(count: Callable[[], int], least: int) -> tuple[int, float]:
    until = time.perf_counter() + PATIENCE
    while time.perf_counter() < until:
        found = count()
        if found >= least:
            return found, time.perf_counter()
        time.sleep(0.05)
    raise PeerError("nothing was delivered of the backlog")


def beside(workdir: Path, rounds: int, seconds: int, wal: Wal) -> list[Row]:
    """Callers of a direct hook at a fixed rate, while 64 others call another direct hook, and
    while they call a durable one as fast as it goes.
    """
    request = scenario.bearer_post(16, BODY)
    with workflow(workdir / "beside-workflow", request) as counting:
        site = Site(workdir / "beside", free_port(), counting.port, request)
        more = "---\n".join(_direct(site, name) for name in (DIRECT, OTHER))
        with gateway(site, 1, more) as ground:
            found = [_beside(ground, workdir, request, seconds) for _ in range(rounds)]
    ratio = median(durable / direct for direct, durable in found)
    texts = [f"{median(each):.1f} ms" for each in zip(*found, strict=True)]
    worst = max(durable / direct for direct, durable in found)
    return [
        Row("p99 of a direct hook, 64 connections busy at another direct hook", texts[0], ""),
        Row("the same, busy at a durable hook, which saturates the store", texts[1], ""),
        Row("the second divided by the first", f"{ratio:.2f}", f"{worst:.2f}",
            "at most 1.5", ratio <= 1.5),
    ]  # fmt: skip


def _beside(ground: Ground, workdir: Path, request: Scenario, seconds: int) -> tuple[float, float]:
    p99 = []
    for number, path in enumerate((f"/hooks/{OTHER}", request.path)):
        busy = replace(request, connections=64, path=path)
        wrk = prepared(busy, workdir / f"busy-{number}")
        port = ground.site.port
        thread = threading.Thread(target=wrk.run, args=(port, seconds + 1))
        thread.start()
        time.sleep(0.5)
        measured = replace(request, path=f"/hooks/{DIRECT}")
        p99.append(paced(port, measured, 200, seconds - 1).at(0.99) * 1000)
        thread.join()
    return p99[0], p99[1]


def _direct(site: Site, name: str) -> str:
    return HOOK_YAML.format(
        name=name, method="POST", sha256=site.scenario.token_sha256, workflow=site.workflow_url
    )


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True)
@click.option("--seconds", type=click.IntRange(2), default=3, show_default=True, help="A round.")
@command.format_option
def main(rounds: int, seconds: int, form: str) -> None:
    """Loads the durable hooks of a gateway with one worker: runs that are only stored, runs that
    are delivered as well, and a direct hook beside them. Then delivers a backlog with two workers.

    \b
    Exit status: 0 as promised; 1 not; 2 a tool is missing or somebody answered wrongly.
    """

    def measure(workdir: Path) -> list[Row]:
        wal = Wal()
        rows = accepting(workdir, rounds, seconds, wal)
        rows += delivering(workdir, rounds, seconds, wal)
        rows += beside(workdir, rounds, seconds, wal)
        rows.append(backlog(workdir, 3 * seconds))
        size = wal.largest / MIB
        text = f"{size:.1f} MiB"
        rows.append(Row("largest write-ahead log", text, text, "under 64 MiB", size < 64))
        return rows

    command.run("benchmarks.durable", [nginx.NEED, load.NEED], measure, form)


if __name__ == "__main__":
    main()
