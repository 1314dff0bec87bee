"""Three gateways that share a cluster, under load, and what is done to them."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.faults.gateways import Service
from tests.faults.kills import HOOK, python
from tests.faults.records import Kill, calls, promised, settled
from tests.faults.shared.cluster import Cluster
from tests.faults.shared.probe import Probe
from tests.faults.shared.stored import rows, unfinished
from tests.faults.shared.told import Fault, Told
from tests.support.gateway import write_files
from tests.support.polling import until
from tests.support.postgres import PASSWORD, Server

RATE = 100
"""Requests a second to each gateway."""
APART = 10_000_000
"""Between the numbers of one caller and those of the next."""
DIRECT = """\
---
name: direct
method: POST
authentication: none
workflow: http://{host}:{port}/direct
"""
CALM = 4.0
"""Seconds of load before a fault and after it."""
_SETTLES = 90.0


class Place(NamedTuple):
    """Where a gateway runs: the address that it listens on, and the command that leads there."""

    host: str = "127.0.0.1"
    prefix: tuple[str, ...] = ()


HERE = (Place(), Place(), Place())


class Away:
    """What is away, and between which times for certain."""

    def __init__(self) -> None:
        self.since = time.monotonic()
        self.until = 0.0

    def begins(self) -> None:
        """From now on it is away."""
        self.since = time.monotonic()

    def ends(self) -> None:
        """From now on it may be back."""
        self.until = time.monotonic()


class Scene:
    """The gateways, their callers and the cluster, while they run."""

    def __init__(
        self, services: Sequence[Service], callers: Sequence[Any], probe: Probe, directory: Path
    ) -> None:
        self.services = services
        self.kills: list[Kill] = []
        self.faults: list[Fault] = []
        self._callers = callers
        self._probe = probe
        self._directory = directory

    @contextmanager
    def fault(
        self, name: str, *, of: Sequence[int] = (0, 1, 2), promises: bool = False
    ) -> Iterator[Away]:
        """Something is away for as long as this lasts. `of` are the gateways to which it matters;
        where it `promises` all the same, they accept runs meanwhile.
        """
        away = Away()
        yield away
        back = time.monotonic()
        ended = away.until or back
        self.faults.append(Fault(name, away.since, ended, back, tuple(of), promises))
        until(lambda: all(self.last(number) > ended for number in of), 60)
        time.sleep(CALM)

    def kill(self, number: int) -> None:
        """kill -9 of a gateway, all its processes."""
        process = self.services[number].process
        self.kills.append(Kill("gateway", time.monotonic()))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def last(self, number: int) -> float:
        """When the last promise of a gateway was written, in monotonic seconds."""
        lines = _ledger(self._directory, number).read_bytes().splitlines(keepends=True)
        whole = [line for line in lines[-2:] if line.endswith(b"\n")]
        return float(whole[-1].split()[2]) if whole else 0.0

    def end(self, server: Server) -> Told:
        """Let the callers stop, have everything delivered, and compare. `server` has the runs."""
        counted = [json.loads(caller.communicate()[0]) for caller in self._callers]
        deadline = time.monotonic() + _SETTLES
        while unfinished(server) and time.monotonic() < deadline:
            time.sleep(0.2)
        self._probe.stop()
        ended = [service.stop() for service in self.services]
        ledgers = [_ledger(self._directory, number) for number in range(len(self.services))]
        made = {number: run for one in ledgers for number, run in promised(one).items()}
        seen = calls(self._directory / "called")
        return Told(
            settled(made, seen, rows(server), self.kills),
            counted,
            self.faults,
            [_times(one) for one in ledgers],
            self._probe.asked,
            ended,
        )


def _ledger(directory: Path, number: int) -> Path:
    return directory / f"promised-{number}"


def _times(ledger: Path) -> list[float]:
    """When each run was promised, in monotonic seconds."""
    return sorted(float(line.split()[2]) for line in ledger.read_text().splitlines())


@contextmanager
def scene(
    directory: Path, cluster: Cluster, *flags: str, url: str = "", places: Sequence[Place] = HERE
) -> Iterator[Scene]:
    """Gateways with a caller each, which has sent for some seconds."""
    seen = directory / "called"
    seen.touch()
    with ExitStack() as stack:
        flow = stack.enter_context(python("flow", seen, cluster.host))
        assert flow.stdout is not None
        at = {"host": cluster.host, "port": int(flow.stdout.readline())}
        text = (HOOK + DIRECT).replace("127.0.0.1", "{host}").format(**at)
        store = ("--store", url or cluster.url, "--store-password", "database")
        services = []
        for number, place in enumerate(places):
            own = directory / f"gateway-{number}"
            service = Service(own, text, *store, *flags, host=place.host, prefix=place.prefix)
            write_files(own / "secrets", {"database": PASSWORD})
            stack.callback(service.close)
            service.start()
            services.append(service)
        addresses = [(service.host, service.port) for service in services]
        callers = [_caller(stack, directory, number, *one) for number, one in enumerate(addresses)]
        made = Scene(services, callers, Probe(addresses, "/hooks/direct"), directory)
        stack.callback(made._probe.stop)
        until(lambda: all(made.last(number) for number in range(len(services))))
        time.sleep(CALM)
        yield made


def _caller(stack: ExitStack, directory: Path, number: int, host: str, port: int) -> Any:
    told = _ledger(directory, number)
    told.touch()
    arguments = (f"{host}:{port}", "/hooks/durable", RATE, told, number * APART)
    return stack.enter_context(python("caller", *arguments))
