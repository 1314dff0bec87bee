"""The one that reads: it looks, decides, tells the workers, and answers for all of them."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec
import structlog

from gateway.reload import mounts
from gateway.reload.links import Link, Outgoing
from gateway.reload.loading import Loader
from gateway.reload.lookout import Lookout
from gateway.reload.messages import (
    Board,
    Listening,
    RefreshSecrets,
    ReloadRequest,
    Report,
    Scrape,
    ScrapeRequest,
    SecretsChanged,
    Serving,
    ToLeader,
    ToWorker,
    WorkerState,
)
from gateway.reload.numbering import Current
from gateway.reload.secrets_directory import SecretsDirectory
from gateway.reload.service import ServiceLog
from gateway.reload.snapshot import Places
from gateway.settings import Settings

_log = structlog.get_logger("gateway.reload")


Told = Callable[[bool, str, Board], None]
"""Is told what became of a request to look again: whether there was a change, why nothing can be
used, and the workers.
"""


class _Waiting(msgspec.Struct, frozen=True):
    tell: Told
    changed: bool
    generation: int


class Leader:
    """Runs in the supervisor, in threads of its own; a request to look again joins a queue of
    one. All workers are told of the same generations, by number.
    """

    def __init__(self, settings: Settings, loader: Loader) -> None:
        self.expose: Callable[[str], tuple[bytes, str]] = lambda _accept: (b"", "text/plain")
        """Writes the metrics, for the value of an Accept header."""
        self.secrets_changed: Callable[[], None] = lambda: None
        """Called when secrets may have changed."""
        self._settings = settings
        self._loader = loader
        self._listening: set[int] = set()
        self._announced = False
        self._lock = threading.RLock()
        self._links: dict[int, Link] = {}
        self._states: dict[int, WorkerState] = {}
        self._board: Board | None = None
        self._stuck: tuple[str, ...] = ()
        self._requests: deque[Told] = deque()
        self._waiting: list[_Waiting] = []
        self._fresh = False
        self._logged = 0
        self._service = ServiceLog(settings.secrets)
        self._directories = [settings.hooks]
        self._lookouts = [Lookout("hooks", self._look, _silent(settings.hooks))]
        loader.readings.when_read = self._lookouts[0].wake
        if settings.secrets is not None:
            secrets = SecretsDirectory(settings.secrets, self._refresh_secrets)
            self._directories.append(settings.secrets)
            self._lookouts.append(Lookout("secrets", secrets.look, _silent(settings.secrets)))

    def start(self) -> None:
        """Begin to look; workers may be linked before and after."""
        for lookout in self._lookouts:
            lookout.start()

    def stop(self) -> None:
        """Look no more, and let go of the workers."""
        for lookout in self._lookouts:
            lookout.close()
        self._loader.readings.close()
        with self._lock:
            for link in self._links.values():
                link.close()

    @property
    def current(self) -> Current | None:
        """What was decided last."""
        return self._loader.current

    @property
    def board(self) -> Board:
        """The workers, and what is wrong."""
        return self._board or Board()

    def reload(self) -> Future[Report]:
        """Look again; from any thread. The report comes once every worker serves what was found."""
        future: Future[Report] = Future()
        self._requests.append(partial(_tell_future, future))
        self.wake()
        return future

    def wake(self) -> None:
        """Look again and read every byte; from any thread, and from a signal handler."""
        self._fresh = True
        for lookout in self._lookouts:
            lookout.wake()

    def link(self, worker: int, connection: Connection[ToWorker, ToLeader]) -> None:
        """Follow a worker that was started, which is told what serves at once."""
        with self._lock:
            if worker in self._links:
                self._links[worker].close()
            link = Link(worker, connection, self._receive)
            self._links[worker] = link
            self._states[worker] = WorkerState(worker)
            if self._loader.current is not None:
                link.tell(self._loader.current)
            if self._board is not None:
                link.tell(self._board)
                self._tell_board()

    def _look(self) -> Places:
        fresh, self._fresh = self._fresh, False
        asked = len(self._requests)
        changed = self._loaded(fresh or asked > 0)
        requests = [self._requests.popleft() for _ in range(asked)]
        self._stuck = self._never_updates()
        with self._lock:
            if changed and self._loader.current is not None:
                self._tell_all(self._loader.current)
            self._tell_board()
            number = self._generation
            self._waiting += [_Waiting(tell, changed, number) for tell in requests]
            self._report()
        self._loader.keep()
        with self._lock:
            self._tell_board()
        return self._loader.places

    def _loaded(self, fresh: bool) -> bool:
        """Whether there is a new generation. Whoever asked is answered, whatever goes wrong."""
        try:
            return self._loader.load(fresh)
        except Exception:
            _log.exception("checking for changes failed")
            return False

    @property
    def _generation(self) -> int:
        return self._loader.current.resolved.number if self._loader.current else 0

    def _never_updates(self) -> tuple[str, ...]:
        table = mounts.table()
        found = tuple(
            problem
            for directory in self._directories
            for problem in mounts.never_updates(os.path.realpath(directory), table)
        )
        for problem in found:
            if problem not in self._stuck:
                _log.warning(problem)
        return found

    def _refresh_secrets(self) -> None:
        with self._lock:
            self._tell_all(RefreshSecrets())
        self.secrets_changed()

    def _tell_all(self, message: Outgoing) -> None:
        for link in self._links.values():
            link.tell(message)

    def _tell_board(self) -> None:
        problems = [*self._loader.problems, *self._stuck]
        problems += [lookout.problem for lookout in self._lookouts if lookout.problem]
        states = tuple(self._states[worker] for worker in sorted(self._states))
        wanted = self._generation
        problems += [one.unserved(wanted) for one in states if one.rejects(wanted)]
        board = Board(wanted, states, tuple(dict.fromkeys(problems)))
        if board != self._board:
            self._board = board
            self._tell_all(board)

    def _receive(self, link: Link, message: ToLeader) -> None:
        match message:
            case Serving():
                self._serving(link, message)
            case ReloadRequest():
                self._requests.append(partial(_tell_link, link, message.request))
                self.wake()
            case ScrapeRequest():
                link.tell(Scrape(message.request, *self.expose(message.accept)))
            case Listening():
                self._listens(link)
            case SecretsChanged() if link.worker == min(self._links):
                _log.info("secrets changed", secrets=list(message.labels))

    def _listens(self, link: Link) -> None:
        """Say once that connections are accepted, when they are."""
        with self._lock:
            self._listening.add(link.worker)
            if self._announced or self._listening < self._links.keys():
                return
            self._announced = True
        settings = self._settings
        _log.info("serving", url=settings.url, hooks=str(settings.hooks), workers=len(self._links))

    def _serving(self, link: Link, message: Serving) -> None:
        with self._lock:
            if self._links.get(link.worker) is not link:
                return
            before = self._states[link.worker]
            if message.problem and before.answered != message.number:
                _log.error(message.problem, worker=link.worker, generation=message.number)
            self._states[link.worker] = WorkerState(
                link.worker,
                message.process,
                message.serves,
                message.number,
                message.problem,
                message.unwell,
            )
            self._tell_board()
            self._report()

    def _report(self) -> None:
        """Answer the requests whose outcome has reached every worker, and log what has."""
        reached = min((state.answered for state in self._states.values()), default=0)
        done = [one for one in self._waiting if one.generation <= reached]
        self._waiting = [one for one in self._waiting if one.generation > reached]
        for one in done:
            assert self._board is not None  # noqa: S101 - a look told it before
            one.tell(one.changed, self._loader.problem, self._board)
        if reached > self._logged:
            self._logged = reached
            self._log_generation()
        current = self._loader.current
        if current is not None and reached == current.resolved.number:
            self._service.tell(tuple(self._states.values()), current)

    def _log_generation(self) -> None:
        current = self._loader.current
        if current is not None and current.resolved.number == self._logged:
            states = tuple(self._states.values())
            self._service.tell_generation(current, states, self._loader.noticed)


def _tell_link(link: Link, request: int, changed: bool, refused: str, board: Board) -> None:
    link.tell(Report(request, changed, refused, board))


def _tell_future(future: Future[Report], changed: bool, refused: str, board: Board) -> None:
    if not future.cancelled():
        future.set_result(Report(0, changed, refused, board))


def _silent(directory: Path) -> str:
    return mounts.silent_kind(os.path.realpath(directory), mounts.table())
