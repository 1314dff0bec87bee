"""A gateway with durable hooks under load: its processes, and the store's file."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks import load
from benchmarks.delivery.contestants import durable_hook, serve
from benchmarks.delivery.job import accepts, family
from benchmarks.load import Load, Round
from benchmarks.processes import Running, running, until_it_works
from benchmarks.resources import TICKS, process_ticks
from benchmarks.scenario import HOOK, Scenario, Site

KEYED = "keyed"
KEYS = """
local prefix = "{prefix}-" .. os.time() .. tostring({{}})
local count = 0
request = function()
  count = count + 1
  wrk.headers["X-Key"] = prefix .. "-" .. count
  return wrk.format()
end
"""


@dataclass(frozen=True)
class Ground:
    """A running gateway. `runs.db` is in `state`, unless its runs are in a database."""

    server: Running
    site: Site
    state: Path

    def store(self) -> int:
        """The process id of the store: who has its file open."""
        for pid in family(self.server.process.pid):
            if any(name.endswith("/runs.db") for name in _open(pid)):
                return pid
        return 0

    def cpu(self) -> tuple[float, float]:
        """Seconds of the processor: all processes, and the store's alone."""
        pids = family(self.server.process.pid)
        return sum(map(process_ticks, pids)) / TICKS, process_ticks(self.store()) / TICKS


@contextmanager
def gateway(
    site: Site, workers: int = 1, more: str = "", *flags: str, **settings: object
) -> Iterator[Ground]:
    """A gateway with a durable hook, the same with `deduplicate`, further hooks and flags.
    `settings` are those of `durable_hook`.
    """
    site.workdir.mkdir(exist_ok=True)
    plain, keyed = (durable_hook(site, name, **settings) for name in (HOOK, KEYED))
    keyed += 'deduplicate: {by: "${headers.X-Key}"}\n'
    hooks = "---\n".join([plain, keyed, *([more] if more else [])])
    launch = serve(site, hooks, workers, *flags)
    with running("gateway", launch, site.workdir) as server:
        until_it_works(lambda: accepts(site), server)
        yield Ground(server, site, site.workdir / "state")


def prepared(request: Scenario, workdir: Path, keyed: bool = False, pause: int = 0) -> Load:
    """wrk with this request, which has another key each time where it is keyed, also when wrk is
    started again. `pause` is how many milliseconds each connection waits before it sends the next.
    """
    workdir.mkdir(exist_ok=True)
    made = load.prepare(request, workdir, 1)
    with made.script.open("a") as script:
        if keyed:
            script.write(KEYS.format(prefix=time.time_ns()))
        if pause:
            script.write(f"delay = function() return {pause} end\n")
    return made


@dataclass
class Wal:
    """The largest size in bytes that the store's log had."""

    largest: int = 0


@contextmanager
def watched_log(ground: Ground, wal: Wal) -> Iterator[None]:
    """Looks at the log's size ten times a second."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            with suppress(OSError):
                wal.largest = max(wal.largest, (ground.state / "runs.db-wal").stat().st_size)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@dataclass(frozen=True)
class Stored:
    """A round of wrk; microseconds of all processes and of the store for each accepted run."""

    round: Round
    cpu: float
    store: float

    @property
    def rate(self) -> float:
        """Accepted a second."""
        return (self.round.requests - self.round.bad_status) / self.round.seconds


def stored(ground: Ground, wrk: Load, seconds: int, wal: Wal) -> Stored:
    """One round."""
    before = ground.cpu()
    with watched_log(ground, wal):
        found = wrk.run(ground.site.port, seconds)
    after = ground.cpu()
    accepted = max(found.requests - found.bad_status, 1)
    cpu, store = ((b - a) / accepted * 1e6 for a, b in zip(before, after, strict=True))
    return Stored(found, cpu, store)


def _open(pid: int) -> Iterator[str]:
    with suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                yield os.readlink(entry)
