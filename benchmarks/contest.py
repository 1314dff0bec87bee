"""Who takes part in a run: every peer installed, started, and found to answer truly."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import verify, workflow
from benchmarks.load import Round
from benchmarks.peers.protocol import Peer
from benchmarks.processes import Running, running, until_it_works
from benchmarks.resources import Usage
from benchmarks.scenario import Scenario, Site
from tests.support.ports import free_port


@dataclass
class Contender:
    """A peer in a run with its figures, or with the `reason` why it has none."""

    peer: Peer
    version: str = ""
    reason: str = ""
    rounds: list[Round] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)

    @property
    def measured(self) -> bool:
        return bool(self.rounds) and not self.reason

    @property
    def errors(self) -> int:
        return sum(one.errors for one in self.rounds)

    def median(self, figure: Callable[[Round], float]) -> float:
        return statistics.median(figure(one) for one in self.rounds)


@dataclass(frozen=True)
class Entrant:
    """A contender whose server runs and has given the right answer and the right refusals."""

    contender: Contender
    server: Running
    port: int

    def check(self, scenario: Scenario) -> None:
        verify.answers(self.contender.peer, self.port, scenario)
        verify.refuses(self.contender.peer, self.port, scenario)


@dataclass(frozen=True)
class Ground:
    """Where a run happens: a directory of its own, a scenario, and the workflow endpoint."""

    workdir: Path
    scenario: Scenario
    workflow_port: int
    servers: ExitStack
    may_install: bool

    def enter(self, contender: Contender) -> Entrant:
        """Starts a peer; raises `PeerError` when it cannot take part."""
        peer = contender.peer
        peer.need.meet(self.may_install)
        contender.version = peer.version()
        site = _site(self.workdir, peer.name, self.scenario, self.workflow_port)
        launched = running(peer.name, peer.launch(site), site.workdir)
        entrant = Entrant(contender, self.servers.enter_context(launched), site.port)
        until_it_works(lambda: verify.answers(peer, site.port, self.scenario), entrant.server)
        entrant.check(self.scenario)
        return entrant


@contextmanager
def ground(workdir: Path, scenario: Scenario, may_install: bool) -> Iterator[Ground]:
    """The workflow endpoint, and a place for servers that are all stopped on the way out."""
    site = _site(workdir, "workflow", scenario, 0)
    with ExitStack() as servers:
        launched = running("workflow endpoint", workflow.launch(site), site.workdir)
        server = servers.enter_context(launched)
        until_it_works(lambda: workflow.check(site.port, scenario), server)
        yield Ground(workdir, scenario, site.port, servers, may_install)


def _site(workdir: Path, name: str, scenario: Scenario, workflow_port: int) -> Site:
    directory = workdir / name.replace("/", "-")
    directory.mkdir()
    return Site(directory, free_port(), workflow_port, scenario)
