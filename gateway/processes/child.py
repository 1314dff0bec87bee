"""One worker process: how it is started, what is known of it, how it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

from gateway.runtime.series import BEAT, SeriesReader, new_memory
from gateway.settings import Settings

MODULE = "gateway.processes.worker"
"""What a worker's process runs. The supervisor imports nothing of it."""


class Child:
    """A worker's process with its end of the pipe and the memory that it counts in.

    `started` is in monotonic seconds. The process begins to import at once; what it has to know
    waits for it in the pipe.
    """

    def __init__(self, number: int, listener: socket.socket, settings: Settings) -> None:
        self.number = number
        self.started = time.monotonic()
        self.memory = new_memory()
        self.series = SeriesReader(self.memory)
        ours, theirs = Pipe()
        self.connection: Connection[Any, Any] = ours
        try:
            self.connection.send(settings)
            self._process = start_module(MODULE, (theirs.fileno(), listener.fileno(), self.memory))
        except BaseException:
            self.connection.close()
            os.close(self.memory)
            raise
        finally:
            # The worker's end is its alone, so that its end is the end of the pipe.
            theirs.close()

    @property
    def process(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def beat(self) -> float:
        """When its event loop turned last, in monotonic seconds; 0 before the first time."""
        return self.series.at(BEAT)

    def watch(self, ended: Callable[[Child], None]) -> None:
        """Call `ended`, in a thread of its own, when the process has ended."""

        def wait() -> None:
            self._process.wait()
            ended(self)

        threading.Thread(target=wait, name=f"worker {self.number}", daemon=True).start()

    def signal(self, number: int) -> None:
        """Send a signal; one that has ended already gets none."""
        with suppress(ProcessLookupError):
            self._process.send_signal(number)

    def kill(self) -> None:
        """End it at once."""
        self.signal(signal.SIGKILL)

    def close(self) -> None:
        """Let go of its memory, once it has ended and was counted."""
        os.close(self.memory)

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        status = self._process.returncode
        if status is None:
            return "still running"
        if status < 0:
            return f"killed by {signal.Signals(-status).name}"
        return f"exit status {status}"


def start_module(
    module: str, descriptors: Sequence[int], *arguments: str
) -> subprocess.Popen[bytes]:
    """Our own interpreter with our own modules, and nothing of the current directory. The module
    is given the descriptors, then the other arguments.
    """
    # What a terminal sends to all of a job would end it before it says that it ignores that.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGHUP, signal.SIGINT))
    try:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-P", "-m", module, *map(str, descriptors), *arguments],
            pass_fds=descriptors,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
