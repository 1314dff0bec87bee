"""Gateways in turn: started, looked at while idle, loaded, and filled with connections."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import holding, load, operated, verify
from benchmarks.load import Load, Round
from benchmarks.operated import Operated
from benchmarks.peers.gateway import PEER
from benchmarks.processes import PeerError, running
from benchmarks.resources import Usage, cpu_seconds, watched
from benchmarks.scenario import Scenario, Site

SETTLE = 3.0
"""Seconds after which a start has left behind what it needed."""
POLL = 0.005
PATIENCE = 30.0


@dataclass
class Found:
    """One entry a round. `starts` are seconds from the command to the first 200, `cpu` those of the
    processor that all processes took until then; `idle`, `loaded`, `before` and `filled` are what
    the gateway held, the last two without and with the idle connections. `supervisors` are the
    process ids that are no worker's. `held` is how many connections were open after the load
    beside them.
    """

    connections: int
    starts: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    supervisors: set[int] = field(default_factory=set)
    idle: list[Usage] = field(default_factory=list)
    before: list[Usage] = field(default_factory=list)
    filled: list[Usage] = field(default_factory=list)
    loaded: list[Usage] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    alone: list[Round] = field(default_factory=list)
    beside: list[Round] = field(default_factory=list)


def measure(
    workdir: Path, scenario: Scenario, rounds: int, seconds: int, connections: int
) -> Found:
    """Start a gateway in each round; `seconds` of load alone, and as many beside the idle ones."""
    holding.allow(connections)
    found = Found(connections)
    with operated.endpoint(workdir, scenario) as site:
        wrk = load.prepare(scenario, workdir, threads=1)
        for number in range(rounds):
            _round(workdir / f"round-{number}", site, wrk, seconds, found)
    return found


def _round(workdir: Path, site: Site, wrk: Load, seconds: int, found: Found) -> None:
    hooks = {"measured.yaml": operated.measured_hook(site)}
    launch, port, operators, directory = operated.launched(workdir, hooks)
    started = time.perf_counter()
    with running("gateway", launch, workdir) as server:
        _until_answered(port, site.scenario)
        found.starts.append(time.perf_counter() - started)
        found.cpu.append(cpu_seconds(server))
        place = Operated(server, port, operators, directory)
        time.sleep(SETTLE)
        found.idle.append(_held(place))
        found.supervisors |= set(server.pids()) - set(place.workers())
        found.loaded.append(usage := Usage())
        with watched(server, usage):
            found.alone.append(wrk.run(port, seconds))
        _fill(place, wrk, seconds, found)


def _fill(place: Operated, wrk: Load, seconds: int, found: Found) -> None:
    """After the load, so that what the load left behind is not taken for the connections'."""
    found.before.append(_held(place))
    with holding.idle(place.port, found.connections) as held:
        found.filled.append(_held(place))
        found.beside.append(wrk.run(place.port, seconds))
        found.held.append(holding.still_open(held))


def _held(place: Operated) -> Usage:
    usage = Usage()
    usage.look(place.server.pids())
    return usage


def _until_answered(port: int, scenario: Scenario) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return verify.answers(PEER, port, scenario)
        except (OSError, PeerError) as error:
            if time.monotonic() > deadline:
                raise PeerError(f"no 200 within {PATIENCE:.0f} s: {error}") from error
        time.sleep(POLL)
