"""Faults of the gateways that share a database."""

from __future__ import annotations

import time
from pathlib import Path

from tests.faults.shared.cluster import cluster
from tests.faults.shared.scene import scene
from tests.faults.shared.servers import REPLICATED
from tests.faults.shared.told import Outcome

AWAY = 10.0


def killed(directory: Path) -> Outcome:
    """kill -9 of all processes of a gateway, which is started again ten seconds later."""
    with cluster() as made, scene(directory, made, *REPLICATED) as at:
        with at.fault("gateway killed", of=(0,)) as away:
            at.kill(0)
            time.sleep(AWAY)
            away.ends()
            at.services[0].start()
        return at.end(made.primary).outcome(broken=True)


def restarted(directory: Path) -> Outcome:
    """One gateway after the other is told to stop, and started again."""
    with cluster() as made, scene(directory, made, *REPLICATED) as at:
        for number, service in enumerate(at.services):
            with at.fault(f"gateway {number} restarted", of=(number,), promises=True):
                assert service.stop() == 0
                service.start()
        return at.end(made.primary).outcome(broken=True)
