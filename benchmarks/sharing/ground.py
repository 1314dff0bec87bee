"""Several gateways in front of one database, and load on all of them at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.durables.ground import KEYED, Ground, gateway, prepared
from benchmarks.load import Load, Round
from benchmarks.scenario import Scenario, Site
from benchmarks.sharing.database import Used, used
from tests.support.ports import free_port
from tests.support.postgres import PASSWORD, Server

CONCURRENCY = 256
"""Attempts in flight of a hook and of its target, of all gateways together."""
_SECRET = "database"


@dataclass(frozen=True)
class Shared:
    """Gateways, each a process group with one worker, and the database that they share."""

    server: Server
    database: str
    gateways: Sequence[Ground]

    def cpu(self) -> float:
        """Seconds of the processor that all gateways have used."""
        return sum(one.cpu()[0] for one in self.gateways)


@contextmanager
def gateways(
    server: Server, database: str, sites: Sequence[Site], **settings: object
) -> Iterator[Shared]:
    """A gateway at each site, which accepts requests. `settings` are those of `durable_hook`."""
    with ExitStack() as stack:
        made = [stack.enter_context(_gateway(server, database, site, settings)) for site in sites]
        yield Shared(server, database, made)


def sites(workdir: Path, count: int, request: Scenario, workflow: int) -> list[Site]:
    """Places for so many gateways. `workflow` is the port of the workflow."""
    workdir.mkdir(exist_ok=True)
    return [Site(workdir / str(one), free_port(), workflow, request) for one in range(count)]


@contextmanager
def _gateway(
    server: Server, database: str, site: Site, settings: Mapping[str, object]
) -> Iterator[Ground]:
    secrets = site.workdir / "secrets"
    secrets.mkdir(parents=True, exist_ok=True)
    (secrets / _SECRET).write_text(PASSWORD)
    flags = [
        *("--store", server.url(database), "--store-password", _SECRET),
        *("--target-concurrency", str(CONCURRENCY)),
    ]
    with gateway(site, 1, "", *flags, **{"concurrency": CONCURRENCY, **settings}) as ground:
        yield ground


@dataclass(frozen=True)
class Measured:
    """A stretch of load on all gateways: accepted a second, the callers' times in milliseconds
    (those of the gateway that was slowest), and for each accepted run microseconds of the
    gateways and of the database, commits and bytes of the log.
    """

    rate: float
    p50: float
    p99: float
    errors: int
    gateways: float
    database: float
    commits: float
    flushes: float
    wal: float

    @property
    def batch(self) -> float:
        """Runs a commit."""
        return self.rate / max(self.commits, 1)


def loaded(shared: Shared, request: Scenario, workdir: Path, seconds: int, keyed: bool) -> Measured:
    """The request's connections are spread over the gateways, and send as fast as they can."""
    made = loads(shared, request, workdir, keyed)
    before, cpu = used(shared.server), shared.cpu()
    rounds = together(shared, made, seconds)
    return _measured(rounds, before, used(shared.server), shared.cpu() - cpu)


def loads(
    shared: Shared, request: Scenario, workdir: Path, keyed: bool, pause: int = 0
) -> list[Load]:
    """wrk for each gateway with a part of the request's connections, whatever is sent. `pause` is
    that of `prepared`.
    """
    count = len(shared.gateways)
    one = replace(request, connections=request.connections // count)
    if keyed:
        one = replace(one, path=f"/hooks/{KEYED}")
    workdir.mkdir(exist_ok=True)
    return [prepared(one, workdir / str(number), keyed, pause) for number in range(count)]


def together(shared: Shared, loads: Sequence[Load], seconds: int) -> list[Round]:
    """One wrk for each gateway, at the same time."""
    ports = [ground.site.port for ground in shared.gateways]
    with ThreadPoolExecutor(len(loads)) as threads:
        return list(threads.map(lambda load, port: load.run(port, seconds), loads, ports))


def _measured(rounds: Sequence[Round], before: Used, after: Used, cpu: float) -> Measured:
    accepted = max(sum(one.requests - one.bad_status for one in rounds), 1)
    seconds = max(one.seconds for one in rounds)
    return Measured(
        rate=accepted / seconds,
        p50=max(one.p50 for one in rounds),
        p99=max(one.p99 for one in rounds),
        errors=sum(one.errors for one in rounds),
        gateways=cpu / accepted * 1e6,
        database=(after.cpu - before.cpu) / accepted * 1e6,
        commits=(after.commits - before.commits) / seconds,
        flushes=(after.flushes - before.flushes) / seconds,
        wal=(after.wal - before.wal) / accepted,
    )
