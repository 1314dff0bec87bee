"""Starting real servers, waiting until they listen, and leaving none behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

STOP_SECONDS = 5.0


class PeerError(Exception):
    """A peer that cannot take part; the text is the reason that the table shows."""


@dataclass(frozen=True)
class Launch:
    """How a server is started: in the foreground, so that its process is ours to stop."""

    argv: Sequence[str]
    env: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Running:
    """A started server; every process of its session belongs to it."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def pids(self) -> list[int]:
        return [pid for pid, session in _sessions() if session == self.process.pid]

    def check(self) -> None:
        """Raises `PeerError` with the end of the log when the server has ended."""
        if (code := self.process.poll()) is not None:
            raise PeerError(f"{self.name} ended with {code}: {last_lines(self.log)}")


@contextmanager
def running(name: str, launch: Launch, workdir: Path) -> Iterator[Running]:
    """Runs `launch` in `workdir` as a session of its own, which is ended on the way out."""
    log = workdir / "output.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            launch.argv,
            cwd=workdir,
            env={**inherited_environment(), **(launch.env or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Running(name, process, log)
    try:
        yield server
    finally:
        _stop(server)


def until_it_works(attempt: Callable[[], None], server: Running, seconds: float = 30.0) -> None:
    """Repeats `attempt` until it raises nothing; a server that ends first is told at once."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return attempt()
        except (OSError, PeerError) as error:
            server.check()
            if time.monotonic() > deadline:
                raise PeerError(f"not ready after {seconds:.0f} s: {error}") from error
        time.sleep(0.1)


def inherited_environment() -> dict[str, str]:
    """Ours, without the gateway's own settings: a run measures defaults."""
    return {key: value for key, value in os.environ.items() if not key.startswith("GATEWAY_")}


def last_lines(log: Path, count: int = 3) -> str:
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines()]
    return " / ".join([line for line in lines if line][-count:]) or "it said nothing"


def _stop(server: Running) -> None:
    try:
        with suppress(subprocess.TimeoutExpired):
            server.process.terminate()
            server.process.wait(STOP_SECONDS)
    finally:
        for pid in server.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        server.process.wait()


def _sessions() -> Iterator[tuple[int, int]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                yield int(entry.name), os.getsid(int(entry.name))
