"""Faults of the primary and of its standbys."""

from __future__ import annotations

import time
from pathlib import Path

from tests.faults.shared.cluster import FIRST, SECOND, Cluster, cluster
from tests.faults.shared.scene import CALM, Away, Scene, scene
from tests.faults.shared.told import Outcome
from tests.support.pooler import Pooler
from tests.support.postgres import Server

STOPPED = 30.0
AWAY = 20.0
POOL = 8
"""Connections for the twelve of three gateways."""
LAGS = 1.0
"""Seconds of commits that an asynchronous standby does not have."""
REPLICATED = ("--store-durability", "replicated")


def primary(directory: Path) -> Outcome:
    """kill -9 of the primary three times; it is started again two seconds later."""
    with cluster() as made, scene(directory, made, *REPLICATED) as at:
        for _ in range(3):
            _killed(made, at)
        return at.end(made.primary).outcome()


def _killed(made: Cluster, at: Scene) -> None:
    with at.fault("primary killed") as away:
        made.primary.kill()
        time.sleep(2)
        away.ends()
        made.primary.start()
        made.replicates(FIRST)


def standbys(directory: Path) -> Outcome:
    """kill -9 of the asynchronous standby and of the synchronous one, which is started again; then
    it is killed once more, and commits wait for the other one instead.
    """
    with cluster() as made, scene(directory, made, *REPLICATED) as at:
        with at.fault("asynchronous standby killed", promises=True):
            made.second.kill()
            time.sleep(CALM)
            made.second.start()
        made.replicates(SECOND)
        usual = made.connections()
        with at.fault("synchronous standby killed") as away:
            made.first.kill()
            most = _watched(made, AWAY)
            away.ends()
            made.first.start()
            made.replicates(FIRST)
        with at.fault("synchronous standby killed, the other one takes its place") as away:
            made.first.kill()
            time.sleep(CALM)
            away.ends()
            made.waits_for(SECOND)
        told = at.end(made.primary)
    connections = f"connections of gateways: {usual}, while the standby was away at most {most}"
    holds, lines = told.outcome(connections)
    return holds and most <= 2 * usual, lines


def _watched(made: Cluster, seconds: float) -> int:
    """The most connections that gateways had in so many seconds."""
    most, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        most = max(most, made.connections())
        time.sleep(0.5)
    return most


def stopped(directory: Path) -> Outcome:
    """SIGSTOP of the primary for half a minute."""
    with cluster() as made, scene(directory, made, *REPLICATED) as at:
        with at.fault("primary stopped") as away:
            made.primary.pause()
            time.sleep(STOPPED)
            away.ends()
            made.primary.go_on()
            made.replicates(FIRST)
        return at.end(made.primary).outcome()


def failover(directory: Path) -> Outcome:
    """The primary is killed, and the synchronous standby is promoted."""
    with cluster() as made, scene(directory, made) as at:
        with at.fault("primary killed, synchronous standby promoted") as away:
            made.primary.kill()
            _promote(made, made.first, away)
        return at.end(made.first).outcome()


def silent(directory: Path) -> Outcome:
    """The primary does not answer any more, and the synchronous standby is promoted."""
    with cluster() as made, scene(directory, made) as at:
        with at.fault("primary silent, synchronous standby promoted") as away:
            made.primary.pause()
            _promote(made, made.first, away)
        return at.end(made.first).outcome()


def lossy(directory: Path) -> Outcome:
    """The primary is killed, and an asynchronous standby is promoted that lags behind."""
    with cluster(synchronous=False) as made, scene(directory, made) as at:
        warns = ["one server alone" in service.log.read_text() for service in at.services]
        with at.fault("primary killed, asynchronous standby promoted", promises=True) as away:
            made.cut_off(made.second)
            time.sleep(LAGS)
            made.primary.kill()
            _promote(made, made.second, away)
        told = at.end(made.second)
    holds, lines = told.outcome(
        f"delivered again because the database had lost the result: {len(told.ledger.unexplained)}",
        f"gateways that warned at start: {sum(warns)} of {len(warns)}",
        loses=True,
    )
    return holds and all(warns), lines


def _promote(made: Cluster, standby: Server, away: Away) -> None:
    time.sleep(2)
    away.ends()
    made.promote(standby)


def pooled(directory: Path) -> Outcome:
    """A PgBouncer in between, which is killed and started again, and the primary as well."""
    with cluster() as made:
        pooler = Pooler(made.primary, POOL)
        url = f"postgres://postgres@127.0.0.1:{pooler.port}/runs"
        try:
            with scene(directory, made, *REPLICATED, url=url) as at:
                _killed(made, at)
                with at.fault("pooler killed"):
                    pooler.close()
                    time.sleep(2)
                    pooler.start()
                return at.end(made.primary).outcome()
        finally:
            pooler.close()
