"""One run: all peers up at once, loaded in turn, so that the machine's noise hits all alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import SubprocessError

from benchmarks import load
from benchmarks.contest import Contender, Entrant, ground
from benchmarks.load import Load
from benchmarks.peers.protocol import Peer
from benchmarks.processes import PeerError
from benchmarks.resources import cpu_seconds, watched
from benchmarks.scenario import Scenario

Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """Who is measured, how often and how long; `seconds` are for each peer in each round."""

    peers: Sequence[Peer]
    rounds: int
    seconds: int
    warm_up: int
    threads: int
    may_install: bool


def measure(plan: Plan, scenario: Scenario, workdir: Path, say: Say) -> list[Contender]:
    """Every peer of the plan, in its order, with figures or with the reason for none."""
    contenders = [Contender(peer) for peer in plan.peers]
    entrants: list[Entrant] = []
    with ground(workdir, scenario, plan.may_install) as place:
        for contender in contenders:
            with _or_out(contender, say):
                say(f"starting {contender.peer.name}")
                entrants.append(place.enter(contender))
        wrk = load.prepare(scenario, workdir, plan.threads)
        _warm_up(entrants, wrk, plan.warm_up, say)
        for number in range(1, plan.rounds + 1):
            # There and back: who comes after whom is nobody's advantage.
            order = entrants if number % 2 else entrants[::-1]
            _round(order, wrk, plan.seconds, f"round {number} of {plan.rounds}", say)
        for entrant in _still_in(entrants):
            with _or_out(entrant.contender, say):
                entrant.check(scenario)
    return contenders


@contextmanager
def _or_out(contender: Contender, say: Say) -> Iterator[None]:
    """A peer that fails is out of the run with its reason; the others go on."""
    try:
        yield
    except (PeerError, OSError, SubprocessError) as error:
        contender.reason = contender.reason or str(error)
        say(f"without {contender.peer.name}: {contender.reason}")


def _still_in(entrants: Sequence[Entrant]) -> list[Entrant]:
    return [entrant for entrant in entrants if not entrant.contender.reason]


def _warm_up(entrants: Sequence[Entrant], wrk: Load, seconds: int, say: Say) -> None:
    for entrant in _still_in(entrants):
        with _or_out(entrant.contender, say):
            say(f"warming up {entrant.contender.peer.name}")
            wrk.run(entrant.port, seconds)


def _round(entrants: Sequence[Entrant], wrk: Load, seconds: int, title: str, say: Say) -> None:
    for entrant in _still_in(entrants):
        contender = entrant.contender
        with _or_out(contender, say):
            before = cpu_seconds(entrant.server)
            with watched(entrant.server, contender.usage):
                found = wrk.run(entrant.port, seconds)
            found = replace(found, cpu=cpu_seconds(entrant.server) - before)
            contender.rounds.append(found)
            say(f"{title}: {contender.peer.name} {found.rate:,.0f} req/s, p99 {found.p99:.1f} ms")
