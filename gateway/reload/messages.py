"""What the leader and the workers tell each other. No secret value is ever among it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from gateway.language.diagnostic import Diagnostic
from gateway.language.spec import Hook


class Loaded(msgspec.Struct, frozen=True):
    """A hook that serves. `number` stands for this spec in this file as long as it serves.

    `lines` are those of its conditions in the file, by names such as `match.body.ref`.
    """

    number: int
    spec: Hook
    file: str
    lines: Mapping[str, int] = {}


class Refused(msgspec.Struct, frozen=True):
    """A hook that does not serve; `route` and `methods` are those that nobody else answers."""

    file: str
    name: str
    route: str
    methods: tuple[str, ...]


class Resolved(msgspec.Struct, frozen=True):
    """Leader to worker: one generation as the leader decided it. `hooks` are numbers of those
    that serve, in order, and `stale` those whose file has errors now; `loaded_at` is in seconds
    since 1970.
    """

    number: int
    digest: str
    loaded_at: float
    hooks: tuple[int, ...] = ()
    stale: frozenset[int] = frozenset()
    refused: tuple[Refused, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


class Unwell(msgspec.Struct, frozen=True):
    """A hook that is out of service, why, and what to do about it where `problem` does not say."""

    hook: str
    file: str
    problem: str
    hint: str = ""


class WorkerState(msgspec.Struct, frozen=True):
    """A worker as the others see it; `process` and `generation` are 0 until it serves.
    `answered` is the last generation that it took or rejected. `listens`: it accepts connections.
    `store` says why it can store no run now, in words.
    """

    worker: int
    process: int = 0
    generation: int = 0
    answered: int = 0
    problem: str = ""
    unwell: tuple[Unwell, ...] = ()
    listens: bool = False
    store: str = ""

    def rejects(self, wanted: int) -> bool:
        """Whether the worker has seen a generation and does not serve it."""
        return self.answered == wanted != self.generation

    def unserved(self, wanted: int) -> str:
        """What a worker that rejects a generation serves instead, in words."""
        serves = f"generation {self.generation}" if self.generation else "no generation"
        what = f"generation {wanted} is not served: a worker rejected it and serves {serves}"
        return f"{what}: {self.problem}"


class Board(msgspec.Struct, frozen=True):
    """What every worker knows of the whole: the other workers, and in words what keeps the leader
    from loading what is in the directory, or a worker from serving it. `generation` is the one
    that is wanted; `store` says why no run can be stored before the gateway is started again.
    """

    generation: int = 0
    workers: tuple[WorkerState, ...] = ()
    problems: tuple[str, ...] = ()
    store: str = ""

    @property
    def rejecting(self) -> tuple[WorkerState, ...]:
        """The workers that could not take over the generation that is wanted."""
        return tuple(one for one in self.workers if one.rejects(self.generation))

    @property
    def storeless(self) -> str:
        """Why a worker can store no run now, in words; empty where each of them may."""
        problems = [one.store for one in self.workers if one.store]
        if not problems or len(problems) == len(self.workers):
            return "".join(problems[:1])
        return f"{len(problems)} of {len(self.workers)} workers: {problems[0]}"

    @property
    def starting(self) -> bool:
        """Whether a connection may still find nobody, or a worker that has no hooks. A worker that
        does not listen yet is given no connection.
        """
        served = [one.generation > 0 for one in self.workers if one.listens]
        return not served or not all(served)


class Specs(msgspec.Struct, frozen=True):
    """Leader to worker: hooks that the worker does not know yet."""

    hooks: tuple[Loaded, ...]


class RefreshSecrets(msgspec.Struct, frozen=True):
    """Leader to worker: read every secret again."""


class Report(msgspec.Struct, frozen=True):
    """Leader to worker: what became of a request to reload. `refused` says in words why nothing
    of the directory can be used; empty where it is.
    """

    request: int
    changed: bool
    refused: str
    board: Board


class Serving(msgspec.Struct, frozen=True):
    """Worker to leader: what came of generation `number`. `serves` is another one where it was
    rejected; `problem` says in words what could not be done, `unwell` what is out of service.
    """

    process: int
    number: int
    serves: int
    problem: str = ""
    unwell: tuple[Unwell, ...] = ()


class Listening(msgspec.Struct, frozen=True):
    """Worker to leader: it accepts connections."""


class StoreProblem(msgspec.Struct, frozen=True):
    """Worker to leader: why it can store no run now, in words; empty where it may again."""

    problem: str


class ReloadRequest(msgspec.Struct, frozen=True):
    """Worker to leader: look again, and say when all workers serve what was found."""

    request: int


class ScrapeRequest(msgspec.Struct, frozen=True):
    """Worker to leader: write the metrics of all workers, as an Accept header asks."""

    request: int
    accept: str


class Scrape(msgspec.Struct, frozen=True):
    """Leader to worker: the metrics."""

    request: int
    text: bytes
    content_type: str


class SecretsChanged(msgspec.Struct, frozen=True):
    """Worker to leader: the references whose values are new, as labels."""

    labels: tuple[str, ...]


class OddSecret(msgspec.Struct, frozen=True):
    """A reference whose value is probably wrong, why, and what to do about it."""

    label: str
    reason: str
    remedy: str


class OddSecrets(msgspec.Struct, frozen=True):
    """Worker to leader: all references of its hooks whose values are probably wrong."""

    secrets: tuple[OddSecret, ...]


ToWorker = Specs | Resolved | Board | RefreshSecrets | Report | Scrape
ToLeader = (
    Serving | Listening | StoreProblem | ReloadRequest | ScrapeRequest | SecretsChanged | OddSecrets
)
