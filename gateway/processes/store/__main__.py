"""`python -m gateway.processes.store PIPE FORMAT LEVEL`, as the supervisor starts it.

PIPE is the descriptor of the pipe to the supervisor; the others say how to log.
"""

from __future__ import annotations

import signal
import sys
from multiprocessing.connection import Connection
from typing import Any


def run() -> int:
    """Keep runs until the supervisor says to stop, or is gone; the exit status."""
    # When to stop is the supervisor's to say: the workers need the store until they have ended.
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, signal.SIG_IGN)
    # structlog would import rich, for tracebacks that nobody sees here: four megabytes.
    sys.modules.setdefault("rich", None)  # type: ignore[arg-type]
    from gateway.operate.logs import set_up_logs
    from gateway.runs.sqlite.process import main

    pipe, log_format, level = sys.argv[1:]
    set_up_logs(log_format, level)
    connection: Connection[Any, Any] = Connection(int(pipe))
    return main(connection)


if __name__ == "__main__":
    sys.exit(run())
