"""The one that reads: it looks, decides, tells the workers, and answers for all of them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing.connection import Connection
from pathlib import Path

import structlog

from gateway.reload import mounts
from gateway.reload.links import Link
from gateway.reload.loading import Loader
from gateway.reload.lookout import Lookout
from gateway.reload.messages import (
    Board,
    Listening,
    OddSecrets,
    RefreshSecrets,
    ReloadRequest,
    Report,
    Scrape,
    ScrapeRequest,
    SecretsChanged,
    Serving,
    StoreProblem,
    ToLeader,
    ToWorker,
)
from gateway.reload.numbering import Current
from gateway.reload.requests import Requests, to_future, to_worker
from gateway.reload.secret_log import SecretLog
from gateway.reload.secrets_directory import SecretsDirectory
from gateway.reload.service import ServiceLog
from gateway.reload.snapshot import Places
from gateway.reload.worker_links import WorkerLinks
from gateway.settings import Settings

_log = structlog.get_logger("gateway.reload")


class Leader:
    """Runs in the supervisor, in threads of its own; a request to look again joins a queue of
    one. All workers are told of the same generations, by number.
    """

    def __init__(self, settings: Settings, loader: Loader) -> None:
        self.expose: Callable[[str], tuple[bytes, str]] = lambda _accept: (b"", "text/plain")
        """Writes the metrics, for the value of an Accept header."""
        self.deciding: Callable[[Current], None] = lambda _current: None
        """Called with each generation before the workers are told of it."""
        self.secrets_changed: Callable[[], None] = lambda: None
        """Called when secrets may have changed."""
        self._settings = settings
        self._loader = loader
        self._announced = False
        self._lock = threading.RLock()
        self._worker_links = WorkerLinks(self._receive)
        self._requests = Requests()
        self._stuck: tuple[str, ...] = ()
        self._fresh = False
        self._looked = False
        self._logged = 0
        self._decided = 0
        self._store = ""
        self._service = ServiceLog()
        self._secrets = SecretLog()
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
            self._worker_links.close()

    @property
    def current(self) -> Current | None:
        """What was decided last."""
        return self._loader.current

    @property
    def board(self) -> Board:
        """The workers, and what is wrong."""
        return self._worker_links.board or Board()

    def reload(self) -> Future[Report]:
        """Look again; from any thread. The report comes once every worker serves what was found."""
        future: Future[Report] = Future()
        self._requests.add(to_future(future))
        self.wake()
        return future

    def wake(self) -> None:
        """Look again and read every byte; from any thread, and from a signal handler."""
        self._fresh = True
        for lookout in self._lookouts:
            lookout.wake()

    def store_ended(self, problem: str) -> None:
        """No run can be stored any more; from any thread."""
        with self._lock:
            self._store = problem
            self._tell_board()

    def link(self, worker: int, connection: Connection[ToWorker, ToLeader]) -> None:
        """Follow a worker that was started, which is told what serves at once."""
        with self._lock:
            self._worker_links.link(worker, connection, self._loader.current)
            if self._worker_links.board is not None:
                self._tell_board()

    def _look(self) -> Places:
        fresh, self._fresh = self._fresh, False
        asked = len(self._requests)
        changed = self._loaded(fresh or asked > 0)
        self._decide()
        self._stuck = self._never_updates()
        with self._lock:
            if changed and self._loader.current is not None:
                self._worker_links.tell(self._loader.current)
            self._tell_board()
            self._requests.looked(asked, changed, self._generation)
            self._report()
            self._looked = True
            self._announce()
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

    def _decide(self) -> None:
        """Say what is going to be served, whatever comes of that."""
        current = self._loader.current
        if current is None or current.resolved.number == self._decided:
            return
        self._decided = current.resolved.number
        try:
            self.deciding(current)
        except Exception:
            _log.exception("a generation could not be prepared for")

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
            self._worker_links.tell(RefreshSecrets())
        self.secrets_changed()

    def _tell_board(self) -> None:
        slow = [lookout.problem for lookout in self._lookouts if lookout.problem]
        problems = [*self._loader.problems, *self._stuck, *slow]
        self._worker_links.tell_board(self._generation, problems, self._store)

    def _receive(self, link: Link, message: ToLeader) -> None:
        match message:
            case Serving():
                self._serving(link, message)
            case ReloadRequest():
                self._requests.add(to_worker(link, message.request))
                self.wake()
            case ScrapeRequest():
                link.tell(Scrape(message.request, *self.expose(message.accept)))
            case Listening() | StoreProblem():
                self._heard(link, message)
            case SecretsChanged() if self._worker_links.is_first(link):
                self._secrets.changed(message)
            case OddSecrets() if self._worker_links.is_first(link):
                self._secrets.tell(message)

    def _heard(self, link: Link, message: Listening | StoreProblem) -> None:
        with self._lock:
            self._worker_links.heard(link, message)
            self._tell_board()
            self._announce()

    def _announce(self) -> None:
        """Say once that callers are answered: all workers accept connections, and serve what was
        found first. Whoever calls holds the lock.
        """
        if self._announced or not (self._looked and self._worker_links.accepts):
            return
        if self._worker_links.reached < self._generation:
            return
        self._announced = True
        settings = self._settings
        _log.info(
            "serving", url=settings.url, hooks=str(settings.hooks), workers=len(self._worker_links)
        )

    def _serving(self, link: Link, message: Serving) -> None:
        with self._lock:
            if self._worker_links.serves(link, message):
                self._tell_board()
                self._report()
                self._announce()

    def _report(self) -> None:
        """Answer the requests whose outcome has reached every worker, and log what has."""
        reached = self._worker_links.reached
        self._requests.reached(reached, self._loader.problem, self.board)
        current = self._loader.current
        if current is None or current.resolved.number != reached:
            return
        if reached > self._logged:
            self._logged = reached
            self._service.tell_generation(current, self._worker_links.states, self._loader.noticed)
        self._service.tell(self._worker_links.states, current)


def _silent(directory: Path) -> str:
    return mounts.silent_kind(os.path.realpath(directory), mounts.table())
