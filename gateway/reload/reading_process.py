"""Reads one large file in a process of its own, so that nothing waits for it but the file itself.

The parent writes the pickled Source to the standard input and takes the pickled Reading from the
standard output; what the standard error says goes into the log.
"""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable

from gateway.language.diagnostic import Diagnostic
from gateway.language.internal import START, internal
from gateway.language.outcome import Reading
from gateway.language.read import read_source
from gateway.language.source import Source

LARGE = 128 * 1024
"""Bytes from which on a file is read in a process of its own."""
LONGEST = 30.0
"""Seconds after which the process is killed."""

_turns = threading.BoundedSemaphore(2)
_log = logging.getLogger("gateway.internal")


class ReadingProcess:
    """Reads a file, and says when it is done; `reading` is what came of it from then on, and
    `failed` whether it was given up.
    """

    def __init__(self, source: Source, when_done: Callable[[], None]) -> None:
        self.source = source
        self.reading = Reading()
        self.failed = False
        self.done = threading.Event()
        self._when_done = when_done
        self._cancelled = False
        self._process: subprocess.Popen[bytes] | None = None
        threading.Thread(target=self._run, name="reading", daemon=True).start()

    def cancel(self) -> None:
        """Nobody wants the outcome any more."""
        self._cancelled = True
        if self._process is not None:
            self._process.kill()

    def _run(self) -> None:
        with _turns:
            try:
                if not self._cancelled:
                    self.reading = self._read()
            except subprocess.TimeoutExpired:
                self._fail(_too_slow(self.source.name))
            except Exception as error:
                self._fail(internal("the file cannot be read", error, file=self.source.name))
        self.done.set()
        if not self._cancelled:
            self._when_done()

    def _fail(self, found: Diagnostic) -> None:
        self.reading, self.failed = Reading(diagnostics=(found,)), True

    def _read(self) -> Reading:
        with _started() as process:
            self._process = process
            if self._cancelled:
                process.kill()
            try:
                written, said = process.communicate(pickle.dumps(self.source), LONGEST)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        if said:
            _log.error("%s: %s", self.source.name, said.decode(errors="replace"))
        if process.returncode and not self._cancelled:
            raise ChildProcessError(f"reading ended with {process.returncode}")
        return _unpickled(written) if written else Reading()


def _started() -> subprocess.Popen[bytes]:
    """A process that finds the modules of this one. Ctrl-C in a terminal is not meant for it."""
    pipe = subprocess.PIPE
    return subprocess.Popen(  # noqa: S603 - this module, and no argument from elsewhere
        [sys.executable, "-P", "-m", __name__],
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        process_group=0,
    )


def _unpickled(data: bytes) -> Reading:
    reading: Reading = pickle.loads(data)  # noqa: S301 - our own process has written it
    return reading


def _too_slow(file: str) -> Diagnostic:
    return Diagnostic(
        file=file,
        place=START,
        severity="error",
        code="slow-file",
        message=f"the file cannot be read within {LONGEST:.0f} s",
        hint="put the hooks into several files, or try again with a reload",
    )


if __name__ == "__main__":
    os.nice(10)
    read = read_source(pickle.load(sys.stdin.buffer))  # noqa: S301 - our parent has written it
    pickle.dump(read, sys.stdout.buffer)
