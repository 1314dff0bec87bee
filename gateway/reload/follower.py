"""A worker's end of the pipe: it builds what the leader decided, and swaps it in at once."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import count
from multiprocessing.connection import Connection

import structlog

from gateway.reload.building import Builder
from gateway.reload.messages import (
    Board,
    Listening,
    OddSecret,
    OddSecrets,
    RefreshSecrets,
    ReloadRequest,
    Report,
    Resolved,
    Scrape,
    ScrapeRequest,
    SecretsChanged,
    Serving,
    Specs,
    StoreProblem,
    ToLeader,
    ToWorker,
)
from gateway.reload.service import unwell
from gateway.runtime.secret import SecretStore
from gateway.serve.generation import Generation
from gateway.serve.switch import Switch

FIRST_WORD = 2.0
"""Seconds that a worker waits for the leader's first word before it accepts connections."""
AGAIN = 5.0
"""Seconds after which it is looked again which hooks are in service: credentials expire."""
_log = structlog.get_logger("gateway.reload")


class Follower:
    """Reads the leader's messages in a thread of its own; building happens there too.

    `board` is what is known of the other workers. `lost` is called, in that thread, when the
    leader is gone. `serving` is called on the event loop with each generation, just before its
    hooks become visible; `stored` with the reason why no run can be stored, or with nothing.
    """

    def __init__(
        self,
        connection: Connection[ToLeader, ToWorker],
        builder: Builder,
        secrets: SecretStore,
        switch: Switch,
        lost: Callable[[], None],
        serving: Callable[[Generation], None] = lambda _generation: None,
        stored: Callable[[str], None] = lambda _problem: None,
    ) -> None:
        self.board = Board()
        self._connection = connection
        self._builder = builder
        self._secrets = secrets
        self._switch = switch
        self._lost = lost
        self._serving = serving
        self._stored = stored
        self._heard = threading.Event()
        self._told = asyncio.Event()
        self._sending = threading.Lock()
        self._requests = count(1)
        self._pending: dict[int, asyncio.Future[Report | Scrape]] = {}
        self._said = Serving(os.getpid(), 0, 0)
        self._odd: tuple[OddSecret, ...] = ()

    async def start(self) -> None:
        """Begin to follow. Returns when the first generation is served, or when the leader says
        that there is none, or does not speak in time: it is still reading.
        """
        self._loop = asyncio.get_running_loop()
        self._send(self._said)
        threading.Thread(target=self._follow, name="follower", daemon=True).start()
        try:
            async with asyncio.timeout(FIRST_WORD):
                await self._told.wait()
        except TimeoutError:
            if self._heard.is_set():
                await self._told.wait()

    def listening(self) -> None:
        """Tell the leader that connections are accepted."""
        self._send(Listening())

    def store_problem(self, problem: str) -> None:
        """Tell the leader why no run can be stored now, in words; nothing where it can again."""
        self._send(StoreProblem(problem))

    async def reload(self, seconds: float) -> Report:
        """Ask the leader to look again; its report, once every worker serves what it found.
        Raises TimeoutError.
        """
        answer = await self._ask(ReloadRequest, seconds)
        assert isinstance(answer, Report)  # noqa: S101 - the leader answers in kind
        return answer

    async def scrape(self, accept: str, seconds: float) -> tuple[bytes, str]:
        """Ask for the metrics of all workers and their content type. Raises TimeoutError."""
        answer = await self._ask(partial(ScrapeRequest, accept=accept), seconds)
        assert isinstance(answer, Scrape)  # noqa: S101 - the leader answers in kind
        return answer.text, answer.content_type

    async def _ask(self, request: Callable[[int], ToLeader], seconds: float) -> Report | Scrape:
        number = next(self._requests)
        future: asyncio.Future[Report | Scrape] = self._loop.create_future()
        self._pending[number] = future
        try:
            self._send(request(number))
            async with asyncio.timeout(seconds):
                return await future
        finally:
            del self._pending[number]

    def _send(self, message: ToLeader) -> None:
        with self._sending:
            try:
                self._connection.send(message)
            except OSError:
                _log.debug("the leader ended")

    def _follow(self) -> None:
        latest: Resolved | None = None
        while True:
            try:
                if not self._connection.poll(AGAIN):
                    self._say(self._said.number, self._said.problem)
                    continue
                latest = self._take(self._connection.recv(), latest)
                if latest is not None and not self._connection.poll():
                    self._serve(latest)
                    latest = None
            except (EOFError, OSError):
                break
            except Exception:
                _log.exception("a message from the leader could not be handled")
        self._loop.call_soon_threadsafe(self._told.set)
        self._lost()

    def _take(self, message: ToWorker, latest: Resolved | None) -> Resolved | None:
        """The newest generation that is not built yet. Of several only that is built."""
        self._heard.set()
        match message:
            case Specs():
                self._builder.learn(message.hooks)
            case Resolved():
                self._builder.forget_all_but(message.hooks)
                return message
            case RefreshSecrets():
                if changed := self._secrets.refresh(self._between_requests):
                    self._send(SecretsChanged(tuple(changed)))
                    self._doubt(changed=True)
                self._say(self._said.number, self._said.problem)
            case Scrape():
                self._loop.call_soon_threadsafe(self._resolve, message)
            case Board() | Report():
                if latest is not None:
                    self._serve(latest)
                self._answer(message)
                return None
        return latest

    def _between_requests(self, put: Callable[[], None]) -> None:
        """Call on the event loop, and wait until that is done."""
        done = threading.Event()

        def call() -> None:
            put()
            done.set()

        with suppress(RuntimeError):  # the loop is closed: there are no requests any more
            self._loop.call_soon_threadsafe(call)
            done.wait()

    def _serve(self, resolved: Resolved) -> None:
        """Build, then swap; a generation that cannot be built leaves the one before in place."""
        problem = ""
        try:
            generation = self._builder.build(resolved)
        except Exception as error:
            _log.exception("a generation was rejected", generation=resolved.number)
            problem = f"generation {resolved.number} was rejected: {error}"
        else:
            # Callers of its durable hooks need the store.
            self._between_requests(partial(self._serving, generation))
            # Here the hooks of the generation become visible.
            self._switch.generation = generation
            problem = self._problem(generation)
        self._say(resolved.number, problem)
        self._doubt()

    def _doubt(self, changed: bool = False) -> None:
        """Tell the leader which secrets are probably wrong, where that is new."""
        found = self._builder.odd_secrets(changed)
        if changed or found != self._odd:
            self._odd = found
            self._send(OddSecrets(found))

    def _say(self, number: int, problem: str) -> None:
        """Tell the leader what serves, where that is not what it was told last."""
        now: Generation | None = self._switch.generation
        serves = now.number if now else 0
        said = Serving(os.getpid(), number, serves, problem, unwell(now))
        if said != self._said:
            self._said = said
            self._send(said)

    def _problem(self, generation: Generation) -> str:
        """What is missing of a generation, in words."""
        problems = [f"{one.file}: {one.message}" for one in generation.faults]
        if self._builder.missing:
            missing = f"hooks that did not reach this worker: {self._builder.missing}"
            problems.append(f"{missing} (see the log)")
        return "; ".join(problems)

    def _answer(self, message: Board | Report) -> None:
        if isinstance(message, Board):
            self.board = message
            self._stored(message.store)
            self._say(self._said.number, self._said.problem)
            self._loop.call_soon_threadsafe(self._told.set)
        else:
            self.board = message.board
            self._loop.call_soon_threadsafe(self._resolve, message)

    def _resolve(self, answer: Report | Scrape) -> None:
        future = self._pending.get(answer.request)
        if future is not None and not future.done():
            future.set_result(answer)
