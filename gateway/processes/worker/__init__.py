"""A worker process: what it is made of is imported there, and not by the supervisor."""

from __future__ import annotations

import os
import signal
import sys
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from gateway.reload.messages import ToLeader, ToWorker
from gateway.settings import Settings

if TYPE_CHECKING:
    from gateway.processes.worker.app import Worker


def load(settings: Settings, connection: Connection[ToLeader, ToWorker]) -> Worker:
    """The worker for granian, called in each worker process. A hang-up of the terminal means
    hooks to the supervisor, and nothing to a worker.
    """
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    # libuv looks names up with half of its threads: of four, two slow ones would hold up all.
    os.environ.setdefault("UV_THREADPOOL_SIZE", "32")
    # structlog would import rich, for tracebacks that no worker shows: four megabytes.
    sys.modules.setdefault("rich", None)  # type: ignore[arg-type]
    from gateway.processes.worker.app import Worker

    return Worker(settings, connection)
