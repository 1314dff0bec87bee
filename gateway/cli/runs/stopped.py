"""The runs of a gateway that is stopped: its store is opened here, under its lock."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec

from gateway.cli.runs.opened import Opened, be_silent
from gateway.errors import OperatorError
from gateway.processes.sockets import store_socket
from gateway.runs.run import Policies
from gateway.runs.sqlite.control import Failed, FromStore, Serve, Stop, StoreSettings
from gateway.runs.sqlite.process import main
from gateway.settings import Settings, Store

LARGEST = 1 << 40
"""Bytes that the file may have here: nothing is accepted, and what is there has to be changed."""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(FromStore).decode


@contextmanager
def stopped(state: Path, secrets: Path | None, key: str) -> Iterator[Opened]:
    """Open the store of a state directory. Raises OperatorError where that cannot be done."""
    if not (state / "runs.db").is_file():
        raise OperatorError(f"{state} has no stored runs: there is no file runs.db")
    be_silent()
    ours, theirs = Pipe()
    with _socket(state) as path:
        store = threading.Thread(target=main, args=(theirs,), name="store", daemon=True)
        store.start()
        ours.send_bytes(_encode(StoreSettings(state=str(state), socket=path, size=LARGEST)))
        ours.send_bytes(_encode(Serve(Policies(0, {}))))
        _await(ours)
        store_settings = Store(socket=path, key=key)
        settings = Settings(hooks=Path(), state=state, secrets=secrets, store=store_settings)
        try:
            with Opened(settings) as runs:
                yield runs
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
