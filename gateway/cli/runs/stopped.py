"""The runs of a gateway that is stopped: its store is opened here, under its lock."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec
import structlog

from gateway.cli.runs.reaching import DeclinedError
from gateway.compile.exchange import Exchange
from gateway.errors import OperatorError, Refusal
from gateway.operate.runs.endpoints import RunEndpoints
from gateway.operate.store_access import StoreAccess
from gateway.processes.sockets import store_socket
from gateway.runs.run import Policies
from gateway.runs.sqlite.control import Failed, FromStore, Serve, Stop, StoreSettings
from gateway.runs.sqlite.process import main
from gateway.settings import Settings, Store

LARGEST = 1 << 40
"""Bytes that the file may have here: nothing is accepted, and what is there has to be changed."""
_SILENT = 50
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(FromStore).decode


class Given:
    """The body of a request that nobody sends."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def here(self, _exchange: Exchange) -> bytes | None:
        """All of it."""
        return self._body

    async def read(self, _exchange: Exchange) -> bytes:
        """All of it."""
        return self._body


class NoHooks:
    """What the endpoints ask about hooks: here is a store alone."""

    generation = None

    def __init__(self, access: StoreAccess) -> None:
        self.store = access

    def gate(self, _hook: str) -> bytes | None:
        """No hook is known."""
        return None


class Stopped:
    """Answers as a gateway would, for as long as the store is open."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The JSON of an answer; see `Runs`."""
        try:
            return asyncio.run(self._asked(method, path, body))
        except Refusal as refusal:
            raise DeclinedError(refusal.status, refusal.detail) from None

    def hooks(self) -> list[str]:
        """No hook is loaded."""
        return []

    async def _asked(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        access = StoreAccess(self._settings, str)
        endpoints = RunEndpoints(NoHooks(access))
        exchange = _exchange(method, path, b"" if body is None else json.dumps(body).encode())
        answer = await endpoints.of(exchange.path)[method](exchange)
        await (await access.store()).close()
        told: dict[str, Any] = json.loads(answer.body)
        return told


@contextmanager
def stopped(state: Path) -> Iterator[Stopped]:
    """Open the store of a state directory. Raises OperatorError where that cannot be done."""
    if not (state / "runs.db").is_file():
        raise OperatorError(f"{state} has no stored runs: there is no file runs.db")
    # Whoever runs the command reads its output, and not the store's log.
    silent = structlog.make_filtering_bound_logger(_SILENT)
    structlog.configure(wrapper_class=silent, cache_logger_on_first_use=False)
    ours, theirs = Pipe()
    with _socket(state) as path:
        store = threading.Thread(target=main, args=(theirs,), name="store", daemon=True)
        store.start()
        ours.send_bytes(_encode(StoreSettings(state=str(state), socket=path, size=LARGEST)))
        ours.send_bytes(_encode(Serve(Policies(0, {}))))
        _await(ours)
        settings = Settings(hooks=Path(), state=state, store=Store(socket=path))
        try:
            yield Stopped(settings)
        finally:
            ours.send_bytes(_encode(Stop()))
            store.join()


@contextmanager
def _socket(state: Path) -> Iterator[str]:
    """Where the store listens: in its directory, as that of a gateway does, because a container may
    have no other place to write to. Its lock keeps two of them apart.
    """
    path = store_socket(state)
    try:
        yield path
    finally:
        if (place := Path(path).parent) != state:
            shutil.rmtree(place, ignore_errors=True)


def _await(store: Connection[Any, Any]) -> None:
    said = _decode(store.recv_bytes())
    if isinstance(said, Failed):
        raise OperatorError(f"{said.sentence}; to ask a running gateway, leave out --state-dir")


def _exchange(method: str, target: str, body: bytes) -> Exchange:
    path, _, query = target.partition("?")
    return Exchange(
        method, path, path.encode(), query.encode(), [], {}, "", "", time.perf_counter(),
        Given(body), length=len(body),
    )  # fmt: skip
