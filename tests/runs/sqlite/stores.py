"""Real store processes for tests, with a clock in the test's hands where it asks for one."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import msgspec

from gateway.runs.run import Policies, Policy
from gateway.runs.sqlite.client import SqliteStore
from gateway.runs.sqlite.clock import Clock
from gateway.runs.sqlite.control import Failed, FromStore, Ready, Serve, Stop, StoreSettings
from gateway.runs.sqlite.process import main

PATIENCE = 30.0
fresh = multiprocessing.get_context("forkserver")
"""Processes without anything of the test's own, with the store imported already."""
fresh.set_forkserver_preload(["tests.runs.sqlite.stores"])
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(FromStore).decode
POLICIES = Policies(1, {"hook": Policy(target="http://workflows:80", concurrency=512)})


class MovedClock(Clock):
    """Stands still where the test has put it; a shared number of milliseconds."""

    def __init__(self, shared: Any) -> None:
        self._shared = shared

    def now(self) -> int:
        return int(self._shared.value)

    def offset(self) -> float:
        return 0.0


def serve(pipe: Connection[Any, Any], shared: Any) -> None:
    """What the process runs."""
    clock = None if shared is None else MovedClock(shared)
    sys.exit(main(pipe, clock))


class StoreProcess:
    """One store process on a state directory."""

    def __init__(
        self, state: Path, clock: Any = None, policies: Policies = POLICIES, **settings: Any
    ) -> None:
        self.state = state
        self.socket = str(state / "s")
        ours, theirs = fresh.Pipe()
        self._pipe: Connection[Any, Any] = ours
        self.process: BaseProcess = fresh.Process(target=serve, args=(theirs, clock), daemon=True)
        self.process.start()
        theirs.close()
        given = {"reserve": 0, "target_concurrency": 512, **settings}
        self.say(StoreSettings(state=str(state), socket=self.socket, **given))
        self.say(Serve(policies))

    def say(self, message: msgspec.Struct) -> None:
        """What the supervisor would say."""
        self._pipe.send_bytes(_encode(message))

    def heard(self) -> Ready | Failed:
        """What it says next."""
        assert self._pipe.poll(PATIENCE), "the store says nothing"
        said: Ready | Failed = _decode(self._pipe.recv_bytes())
        return said

    def ready(self) -> Ready:
        """Wait until it listens."""
        said = self.heard()
        assert isinstance(said, Ready), said
        return said

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    def kill(self) -> None:
        """kill -9."""
        os.kill(self.pid, signal.SIGKILL)
        self.ended()

    def pause(self) -> None:
        """It does nothing any more, and its connections stay."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """It goes on after a pause."""
        os.kill(self.pid, signal.SIGCONT)

    def stop(self) -> int:
        """As the supervisor does once the workers have ended."""
        self.say(Stop())
        return self.ended()

    def leave(self) -> None:
        """As a supervisor that is killed."""
        self._pipe.close()

    def ended(self) -> int:
        """Its exit status, awaited."""
        self.process.join(PATIENCE)
        assert self.process.exitcode is not None, "the store does not end"
        return self.process.exitcode

    def close(self) -> None:
        """Whatever it does, end it."""
        if self.process.is_alive():
            self.process.kill()
        self.process.join(PATIENCE)
        self._pipe.close()


async def until(check: Callable[[], Any], patience: float = PATIENCE) -> None:
    """Return once something holds."""
    async with asyncio.timeout(patience):
        while not check():  # noqa: ASYNC110 - in another process
            await asyncio.sleep(0.005)


async def connected(path: str, process: int | None = None) -> SqliteStore:
    """A client that the store has welcomed."""
    client = SqliteStore(path, process)
    await asyncio.wait_for(client.keys, PATIENCE)
    return client
