"""Who starts the store, starts another one when it ends, and ends it after the workers."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec
import structlog

from gateway.processes.child import start_module
from gateway.processes.memory import warn_of_memory
from gateway.processes.policies import dated
from gateway.processes.pulse import EVERY, Pulse
from gateway.reload import mounts
from gateway.runs.run import Policies
from gateway.runs.sqlite.control import (
    Alive,
    Ask,
    Failed,
    FromStore,
    Ready,
    Serve,
    Stop,
    StoreSettings,
)
from gateway.runs.sqlite.directory import make_directory
from gateway.runs.sqlite.fault import GIVE_UP
from gateway.runtime.sealing import sealing_of
from gateway.runtime.secret import SecretStore
from gateway.settings import Settings

MODULE = "gateway.processes.store"
READY = 5.0
"""Seconds that hooks wait for their store; workers connect to it later as well."""
LONGEST_PAUSE = 5.0
GROWN = 60.0
"""Seconds after which the end of a store has nothing to do with its start."""
_REMOTE = frozenset({"cifs", "nfs", "nfs4", "smb3", "smbfs"})
_FLEETING = frozenset({"overlay", "ramfs", "tmpfs"})
_log = structlog.get_logger("gateway.store")
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(FromStore).decode


def keeper_of(settings: Settings) -> StoreKeeper | None:
    """What keeps the store of a gateway; None where it has no process of its own."""
    if settings.state is None or settings.store.engine != "sqlite":
        return None
    store = StoreSettings(
        state=str(settings.state),
        socket=settings.store.socket,
        size=settings.store.size,
        runs=settings.store.runs,
        target_concurrency=settings.store.target_concurrency,
        workers=settings.workers,
    )
    keeper = StoreKeeper(store, settings.log_format, settings.log_level, partial(_known, settings))
    keeper.begins = partial(warn_of_memory, settings, store=True)
    return keeper


def _known(settings: Settings) -> frozenset[bytes] | None:
    """The ids of the keys that open what is stored; None where there is no secret of keys."""
    keys = sealing_of(SecretStore(settings.secrets), settings.store.key)
    return None if keys is None else frozenset(keys.known)


class StoreKeeper:
    """One store process, from the first hook that needs it on, or from the start where there are
    runs already. For any thread.
    """

    def __init__(
        self,
        settings: StoreSettings,
        log_format: str,
        log_level: str,
        known: Callable[[], frozenset[bytes] | None] = lambda: None,
    ) -> None:
        self.problem = ""
        """Why runs cannot be stored now, in words."""
        self.final = False
        """Whether no other store is started."""
        self.restarts = 0
        self.gave_up: Callable[[str], None] = lambda _problem: None
        """Called with the problem when no other store is started; from any thread."""
        self.begins: Callable[[], None] = lambda: None
        """Called before the first store is started."""
        self._settings = settings
        self._known = known
        self._arguments = (log_format, log_level)
        self._policies: Policies | None = None
        self._lock = threading.Lock()
        self._settled = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection[Any, Any] | None = None

    @property
    def process(self) -> int:
        """The process id of the store, 0 before the first one."""
        return self._process.pid if self._process is not None else 0

    def follow(self, policies: Policies) -> None:
        """Tell the store of a generation, before its workers are told. Returns when workers may
        connect, when that takes too long, or at once where there is nothing to store.
        """
        with self._lock:
            policies = self._policies = dated(policies, self._policies)
            if self._thread is not None:
                self._say(Serve(policies))
            elif (policies.hooks or self._has_runs) and not self.final:
                self._begin()
        if self._thread is not None:
            self._settled.wait(READY)

    @property
    def _has_runs(self) -> bool:
        """Whether there is a store from before: its runs wait for a hook, or for an operator."""
        return os.path.exists(f"{self._settings.state}/runs.db")

    def _begin(self) -> None:
        make_directory(Path(self._settings.state))
        directory = os.path.realpath(self._settings.state)
        kind = mounts.kind_of(directory, mounts.table())
        if kind in _REMOTE:
            self._give_up(f"{directory} is on a network file system ({kind}), which loses runs")
            return
        if kind in _FLEETING:
            _log.warning("stored runs do not survive the container", state=directory, kind=kind)
        self.begins()
        self._thread = threading.Thread(target=self._keep, name="store", daemon=True)
        self._thread.start()

    def _give_up(self, sentence: str) -> None:
        self.final, self.problem = True, sentence
        _log.error("durable hooks are out of service", reason=sentence)
        self.gave_up(sentence)

    def _keep(self) -> None:
        pause = 0.0
        while not self._stopping.is_set():
            started = time.monotonic()
            status = self._serve()
            if self._stopping.is_set():
                return
            if status == GIVE_UP:
                self._give_up(self.problem)
                self._settled.set()
                return
            if time.monotonic() - started > GROWN:
                pause = 0.0
            self.restarts += 1
            self.problem = self.problem or "the store ended"
            self._settled.set()
            _log.error("the store ended unexpectedly", status=status, seconds=pause)
            self._stopping.wait(pause)
            pause = min(2 * pause or 0.1, LONGEST_PAUSE)

    def _serve(self) -> int:
        """From a store's start to its end; the exit status."""
        try:
            pipe, process = self._start()
        except OSError as error:
            self.problem = f"the store cannot be started: {error.strerror}"
            return 1
        pulse = Pulse(process.pid, self._ask)
        with suppress(EOFError, OSError):
            while True:
                if pipe.poll(EVERY):
                    self._hear(_decode(pipe.recv_bytes()), pulse)
                else:
                    pulse.missed()
                    self.problem = pulse.problem or self.problem
        return process.wait()

    def _ask(self) -> bool:
        # Whoever has the lock may be telling a store that reads nothing, until it is killed.
        if not self._lock.acquire(blocking=False):
            return False
        try:
            self._say(Ask())
        finally:
            self._lock.release()
        return True

    def _start(self) -> tuple[Connection[Any, Any], subprocess.Popen[bytes]]:
        ours, theirs = Pipe()
        try:
            process = start_module(MODULE, [theirs.fileno()], *self._arguments)
        finally:
            theirs.close()
        with self._lock:
            self._pipe, self._process = ours, process
            again = self.restarts > 0
            self._say(self._settings if again else self._at_first())
            if self._policies is not None:
                self._say(Serve(self._policies))
        return ours, process

    def _at_first(self) -> StoreSettings:
        """No worker has runs of an earlier store. Keys are looked at once: they may change while
        the gateway runs, in the workers first.
        """
        return msgspec.structs.replace(
            self._settings, workers=0, checks_keys=True, known=self._known()
        )

    def _hear(self, message: Ready | Failed | Alive, pulse: Pulse) -> None:
        self.problem = message.sentence if isinstance(message, Failed) else ""
        if isinstance(message, Alive):
            pulse.answered()
        elif isinstance(message, Ready):
            pulse.begin()
            _log.info("runs are stored", state=self._settings.state, unfinished=message.unfinished)
            self._settled.set()

    def _say(self, message: msgspec.Struct) -> None:
        """To a store that may have ended: another one is told anew."""
        if self._pipe is not None:
            with suppress(OSError):
                self._pipe.send_bytes(_encode(message))

    def stop(self, seconds: float) -> None:
        """End the store; the workers have ended. Kill it where that takes too long."""
        self._stopping.set()
        with self._lock:
            self._say(Stop())
            process = self._process
        if process is None:
            return
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            _log.warning("the store did not end in time and is killed", process=process.pid)
            process.kill()
            process.wait()
