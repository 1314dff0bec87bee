"""A gateway that is started again after each end, on one port and one state directory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import httpx

from tests.support.gateway import ADMIN, ADMIN_TOKEN, ENVIRONMENT, PLAIN, write_files
from tests.support.ports import free_port

PATIENCE = 60.0


class Service:
    """What systemd or Kubernetes would do for one gateway.

    `gateway serve` runs in a process group of its own, so that nothing of it outlives the test.
    `prefix` is a command that becomes the one it is given.
    """

    def __init__(
        self, directory: Path, hooks: str, *arguments: str,
        environment: Mapping[str, str] | None = None, prefix: Sequence[str] = (),
        host: str = "127.0.0.1",
    ) -> None:  # fmt: skip
        self.state = directory / "state"
        self.log = directory / "gateway.log"
        self.host, self.port = host, free_port()
        self._environment = {**os.environ, **ENVIRONMENT, **(environment or {})}
        write_files(directory / "hooks.d", {"hooks.yaml": hooks})
        write_files(directory / "secrets", {"admin": ADMIN_TOKEN})
        self._command = [
            *prefix, sys.executable, "-m", "gateway", "serve", str(directory / "hooks.d"),
            "--host", host, "--port", str(self.port), "--secrets", str(directory / "secrets"),
            "--admin-token", "admin", "--pre-drain", "0s", "--state", str(self.state), *arguments,
        ]  # fmt: skip
        self._started: list[subprocess.Popen[bytes]] = []

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The supervisor that was started last."""
        return self._started[-1]

    def start(self) -> None:
        """Start a supervisor, and another one while the port is taken by workers of the last."""
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < deadline, self.log.read_text()
            if not self._started or self.process.poll() is not None:
                self._started.append(self._supervisor())
            time.sleep(0.03)

    def _supervisor(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=self._environment, start_new_session=True,
            )  # fmt: skip

    def _answers(self) -> bool:
        """Whether this supervisor's own workers serve, and not those of one that was killed."""
        if not self._started or self.process.poll() is not None or not self.workers():
            return False
        with suppress(httpx.TransportError):
            return self.ask("GET", "/-/readyz").status_code == 200
        return False

    def ask(self, method: str, path: str, **arguments: object) -> httpx.Response:
        """One request on a connection of its own."""
        url = f"http://{self.host}:{self.port}{path}"
        return httpx.request(method, url, timeout=30, verify=PLAIN, **arguments)  # type: ignore[arg-type]

    def unfinished(self) -> int:
        """Runs that the store has to deliver; -1 where there is no store now."""
        try:
            answer = self.ask("GET", "/-/status", headers=ADMIN)
            runs = answer.json()["store"]["runs"]
        except (httpx.TransportError, ValueError, KeyError):
            return -1
        return sum(runs.get(state, 0) for state in ("waiting", "queued", "running"))

    def settle(self, seconds: float = PATIENCE) -> None:
        """Return when nothing is unfinished, or after so long."""
        deadline = time.monotonic() + seconds
        while self.unfinished() and time.monotonic() < deadline:
            time.sleep(0.1)

    def store(self) -> int:
        """The process of the store, 0 where there is none."""
        with suppress(FileNotFoundError, IndexError, ValueError):
            return int((self.state / "runs.lock").read_text().split()[0])
        return 0

    def workers(self) -> list[int]:
        """The processes of the present workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        found = []
        with suppress(OSError):
            for child in children.read_text().split():
                with suppress(OSError):
                    command = Path(f"/proc/{child}/cmdline").read_bytes()
                    if b"gateway.processes.worker" in command:
                        found.append(int(child))
        return found

    def kill(self, processes: Sequence[int]) -> None:
        """kill -9, whoever of them is there."""
        for process in processes:
            if process:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)

    def stop(self) -> int:
        """As an operator does; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        """End whatever is left of it."""
        for process in self._started:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
