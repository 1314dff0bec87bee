"""`python -m gateway.processes.worker PIPE SOCKET MEMORY`, as the supervisor starts it.

The three are descriptors: of the pipe to the leader, whose first message are the settings; of
the listening socket; of the memory that this worker counts in.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from multiprocessing.connection import Connection
from typing import Any

UNUSED = ("annotated_types", "attr", "attrs", "pydantic", "rich")
"""What Litestar and structlog import where it is installed, for what no worker does: up to ten
megabytes, and a fifth of the time until a worker is ready.
"""


def main() -> None:
    """Serve until the supervisor says to stop, or is gone."""
    pipe, listener, memory = map(int, sys.argv[1:])
    # A hang-up of the terminal means hooks to the supervisor, and nothing to a worker. ^C reaches
    # every process of a terminal's job; when to stop is the supervisor's to say.
    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    # libuv looks names up with half of its threads: of four, two slow ones would hold up all.
    os.environ.setdefault("UV_THREADPOOL_SIZE", "32")
    for package in UNUSED:
        sys.modules.setdefault(package, None)  # type: ignore[arg-type]
    gc.disable()  # while modules are imported, none of which is garbage: a sixth of the time
    import uvloop

    from gateway.processes.worker.app import Worker
    from gateway.runtime.series import Series

    connection: Connection[Any, Any] = Connection(pipe)
    worker = Worker(connection.recv(), connection, Series(memory))
    uvloop.run(worker.run(socket.socket(fileno=listener)))


if __name__ == "__main__":
    main()
