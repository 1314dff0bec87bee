"""From rounds to rows, ratios and targets: plain values, ready for any format."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.contest import Contender
from benchmarks.load import Round

MIB = 2**20
RATIOS = {"revision": 0.97, "node-red": 5.0, "caddy": 0.9}
"""Requests per second of the gateway with one worker, by those of the peer."""
TWO_WORKERS = 1.2
"""The same with two workers, by those of Caddy."""
CPU_US = 120.0
RSS_MIB = 80.0


@dataclass(frozen=True)
class Row:
    """One peer's medians over its rounds, and its peaks; memory in MiB, latency in ms."""

    key: str
    name: str
    version: str
    does: str
    reason: str = ""
    rate: float = 0.0
    spread: float = 0.0
    p50: float = 0.0
    p99: float = 0.0
    cpu_us: float = 0.0
    pss: float = 0.0
    processes: tuple[float, ...] = ()
    errors: int = 0
    ratios: tuple[float, ...] = ()
    rounds: tuple[Round, ...] = ()

    @property
    def ratio(self) -> float | None:
        """The median of the rounds' ratios: what slows the machine down slows both down."""
        return statistics.median(self.ratios) if self.ratios else None


@dataclass(frozen=True)
class Target:
    """What was to be reached; `met` is None when it could not be measured."""

    text: str
    found: str
    met: bool | None


@dataclass(frozen=True)
class Report:
    machine: dict[str, str]
    scenario: str
    rows: tuple[Row, ...]
    targets: tuple[Target, ...]

    @property
    def valid(self) -> bool:
        """Whether the gateway, where it took part, was measured, and nobody answered wrongly."""
        return not any(row.errors or (row.reason and row.key == "gateway") for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def make(machine: dict[str, str], scenario: str, contenders: Sequence[Contender]) -> Report:
    ours = next((one for one in contenders if one.peer.key == "gateway" and one.measured), None)
    rows = tuple(_row(one, ours) for one in contenders)
    return Report(machine, scenario, rows, _targets({row.key: row for row in rows}))


def _row(one: Contender, ours: Contender | None) -> Row:
    peer = one.peer
    if not one.measured:
        return Row(peer.key, peer.name, one.version, peer.does, reason=one.reason)
    rates = [found.rate for found in one.rounds]
    rate = one.median(_rate)
    return Row(
        key=peer.key,
        name=peer.name,
        version=one.version,
        does=peer.does,
        rate=rate,
        spread=(max(rates) - min(rates)) / rate,
        p50=one.median(lambda found: found.p50),
        p99=one.median(lambda found: found.p99),
        cpu_us=one.median(lambda found: found.cpu / found.requests * 1e6),
        pss=one.usage.pss / MIB,
        processes=tuple(sorted((rss / MIB for rss in one.usage.rss.values()), reverse=True)),
        errors=one.errors,
        ratios=_ratios(ours, one) if ours and ours is not one else (),
        rounds=tuple(one.rounds),
    )


def _ratios(ours: Contender, one: Contender) -> tuple[float, ...]:
    return tuple(a.rate / b.rate for a, b in zip(ours.rounds, one.rounds, strict=False))


def _rate(found: Round) -> float:
    return found.rate


def _targets(rows: dict[str, Row]) -> tuple[Target, ...]:
    if "gateway" not in rows:
        return ()
    wanted = {key: least for key, least in RATIOS.items() if key != "revision" or key in rows}
    ratios = tuple(_ratio(rows.get(key), key, least) for key, least in wanted.items())
    caddy = rows.get("caddy")
    return (*ratios, *_two(rows.get("gateway-2"), caddy), *_own(rows["gateway"], caddy))


def _two(row: Row | None, caddy: Row | None) -> tuple[Target, ...]:
    text = f"two workers at least {TWO_WORKERS} times Caddy"
    if row is None or caddy is None or not row.rounds or not caddy.rounds:
        return ()
    pairs = zip(row.rounds, caddy.rounds, strict=False)
    ratio = statistics.median(a.rate / b.rate for a, b in pairs)
    return (Target(text, f"{ratio:.2f} times", ratio >= TWO_WORKERS),)


def _ratio(row: Row | None, key: str, wanted: float) -> Target:
    text = f"at least {wanted} times {row.name if row else key}"
    if row is None or row.ratio is None:
        return Target(text, "not measured", None)
    each = ", ".join(f"{ratio:.2f}" for ratio in row.ratios)
    return Target(text, f"{row.ratio:.2f} times (rounds: {each})", row.ratio >= wanted)


def _own(row: Row, caddy: Row | None) -> tuple[Target, ...]:
    cpu = f"at most {CPU_US:.0f} µs of CPU a request"
    memory = f"resident memory under {RSS_MIB:.0f} MiB in every process"
    if not row.rounds:
        return (Target(cpu, "not measured", None), Target(memory, "not measured", None))
    largest = max(row.processes)
    each = ", ".join(f"{rss:.0f}" for rss in row.processes)
    return (
        *_latency(row, caddy),
        Target(cpu, f"{row.cpu_us:.0f} µs", row.cpu_us <= CPU_US),
        Target(memory, f"{each} MiB", largest < RSS_MIB),
    )


def _latency(row: Row, caddy: Row | None) -> tuple[Target, ...]:
    if caddy is None or not caddy.rounds:
        return ()
    found = f"{row.p99:.1f} ms, Caddy's {caddy.p99:.1f} ms"
    return (Target("p99 no more than Caddy's", found, row.p99 <= caddy.p99),)
