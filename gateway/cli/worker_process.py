"""Where a spawned worker process begins: the supervisor names this function and imports no more."""

from __future__ import annotations

from multiprocessing.connection import Connection
from typing import Any

from gateway.settings import Settings


def load(settings: Settings, connection: Connection[Any, Any]) -> Any:
    """The ASGI app of the worker. What it is made of costs time and memory in this process only."""
    from gateway.processes.worker import load

    return load(settings, connection)
