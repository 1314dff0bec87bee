"""System calls of a running process that fail, are slow or are its last, by strace."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PATIENCE = 30.0
WAITING = "TracerPid:\t0"


def command(log: Path, calls: str, *options: str) -> list[str]:
    """What traces these calls, with all of their data, into a file. Skips the test without one."""
    if shutil.which("strace") is None:
        pytest.skip("no strace")
    return ["strace", "-q", "-f", "-o", str(log), "-e", f"trace={calls}", *options]


@contextmanager
def injected(process: int, calls: str, fault: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Let calls of a process fail as strace(1) says, within. The log has the calls.

    Skips the test where nobody may trace.
    """
    tracer = subprocess.Popen(
        [*command(log, calls), "-e", f"inject={fault}", "-p", str(process)],
        stderr=subprocess.DEVNULL,
    )
    try:
        _attached(tracer, process)
        yield tracer
    finally:
        # Told to end, it lets go of the process; killed, it could leave it stopped.
        tracer.send_signal(signal.SIGTERM)
        tracer.wait(PATIENCE)


def _attached(tracer: subprocess.Popen[bytes], process: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while WAITING in Path(f"/proc/{process}/status").read_text():
        if tracer.poll() is not None or time.monotonic() > deadline:
            pytest.skip("strace may not trace here")
        time.sleep(0.01)
