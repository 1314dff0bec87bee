"""What a peer has to tell to take part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.needs import Need
from benchmarks.processes import Launch
from benchmarks.scenario import Site


@dataclass(frozen=True)
class Peer:
    """One contender, given the scenario's request at the scenario's path on its own port.

    `key` names it on the command line. `wrong_token` and `wrong_city` are the statuses of its
    refusals; `wrong_city` is None for one that cannot look into the body. `relays` says whether
    callers get the workflow's own answer.
    """

    key: str
    name: str
    does: str
    need: Need
    version: Callable[[], str]
    launch: Callable[[Site], Launch]
    wrong_token: int = 401
    wrong_city: int | None = None
    relays: bool = True
