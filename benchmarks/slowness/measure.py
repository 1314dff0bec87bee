"""Rounds of callers alone and beside slow clients, and of probes beside silent connections."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from benchmarks import holding, load
from benchmarks.load import Load, Round
from benchmarks.operated import Operated
from benchmarks.scenario import Scenario
from benchmarks.slowness.attack import MODES, Mode, attacked, ground

GATHER = 1.5
"""Seconds until the slow clients are connected."""
RECOVER = 1.0
PROBES = ("/-/livez", "/-/readyz")
PROBED_SECONDS = 2.5
"""Shorter than the deadline for a head, at which the silent connections end."""
BETWEEN_PROBES = 0.02


@dataclass
class Found:
    """Rounds by mode, and how many connections were open before or after each; seconds of each
    probe without and with silent connections, of which `held` were open to the end.
    """

    connections: int
    silent: int
    alone: list[Round] = field(default_factory=list)
    beside: dict[str, list[Round]] = field(default_factory=lambda: {m.name: [] for m in MODES})
    open: dict[str, list[int]] = field(default_factory=lambda: {m.name: [] for m in MODES})
    quiet: list[float] = field(default_factory=list)
    probed: dict[str, list[float]] = field(default_factory=lambda: {path: [] for path in PROBES})
    held: list[int] = field(default_factory=list)


def measure(workdir: Path, scenario: Scenario, rounds: int, seconds: int, found: Found) -> Found:
    """`seconds` of load alone and beside each mode in each round, every second one backwards."""
    holding.allow(max(found.silent, found.connections))
    with ground(workdir, scenario) as place:
        wrk = load.prepare(scenario, workdir, threads=1)
        wrk.run(place.port, 1)
        for number in range(rounds):
            found.alone.append(wrk.run(place.port, seconds))
            for mode in MODES if number % 2 else MODES[::-1]:
                directory = workdir / f"slow-{number}-{mode.flags[0]}"
                _beside(place, wrk, mode, seconds, directory, found)
            _probes(place, found)
    return found


def _beside(
    place: Operated, wrk: Load, mode: Mode, seconds: int, workdir: Path, found: Found
) -> None:
    workdir.mkdir()
    with attacked(place, mode, found.connections, workdir):
        time.sleep(GATHER)
        before = _connections(place)
        found.beside[mode.name].append(wrk.run(place.port, seconds))
        found.open[mode.name].append(max(before, _connections(place)))
    time.sleep(RECOVER)


def _probes(place: Operated, found: Found) -> None:
    found.quiet += [_timed(place, path) for path in PROBES * 20]
    with holding.silent(place.port, found.silent) as held:
        deadline = time.monotonic() + PROBED_SECONDS
        while time.monotonic() < deadline:
            for path in PROBES:
                found.probed[path].append(_timed(place, path))
            time.sleep(BETWEEN_PROBES)
        found.held.append(holding.still_open(held))


def _timed(place: Operated, path: str) -> float:
    """Seconds of one probe on a connection of its own, as kubelet makes it."""
    started = time.perf_counter()
    place.get(path)
    return time.perf_counter() - started


def _connections(place: Operated) -> int:
    families = text_string_to_metric_families(place.get("/-/metrics").decode())
    samples = (sample for family in families for sample in family.samples)
    return round(sum(one.value for one in samples if one.name == "gateway_connections"))
