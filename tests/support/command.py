"""The `gateway` command as people and scripts run it: on pipes, or on a terminal."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from unittest.mock import patch

import httpx
import pytest
import structlog

from gateway.cli.main import main
from tests.support.gateway import PLAIN

PATIENCE = 30.0
COMMAND = (sys.executable, "-m", "gateway")
_UNSET = ("NO_COLOR", "TMUX", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "COLUMNS")


def _environment(extra: Mapping[str, str] | None) -> dict[str, str]:
    """That of the tests, without what says something about where they run."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _UNSET and not name.startswith("GATEWAY_")
    }
    return {**kept, **(extra or {})}


def run(
    *arguments: str,
    stdin: bytes = b"",
    directory: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """The command with all three streams on pipes."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        input=stdin,
        capture_output=True,
        cwd=directory,
        env=_environment(environment),
        timeout=PATIENCE,
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


@contextmanager
def listing(
    *arguments: str, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """`gateway runs list` while it runs, with its outputs on pipes; it is killed at the end."""
    with subprocess.Popen(
        [*COMMAND, "runs", "list", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=_environment(environment),
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def within(
    *arguments: str,
    stdin: bytes = b"",
    directory: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """The same without a process of its own: a tenth of the time."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    with (
        patch.dict(os.environ, _environment(environment), clear=True),
        patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin))),
        redirect_stdout(out), redirect_stderr(err), chdir(directory or "."), _logs_as_before(),
        pytest.raises(SystemExit) as ended,
    ):  # fmt: skip
        main(list(arguments))
    assert isinstance(ended.value.code, int)
    return subprocess.CompletedProcess(arguments, ended.value.code, _written(out), _written(err))


@contextmanager
def _logs_as_before() -> Iterator[None]:
    """A command sets up logs for its process, which is that of other tests, too."""
    before = structlog.get_config() if structlog.is_configured() else None
    try:
        yield
    finally:
        structlog.reset_defaults()
        if before is not None:
            structlog.configure(**before)


def _written(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def called(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The same without a process of its own: exit status, standard output, standard error."""
    with _logs_as_before(), pytest.raises(SystemExit) as ended:
        main(list(arguments))
    said = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, said.out, said.err


def ask(port: int, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """One GET of a server on this machine, as soon as it listens."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return httpx.get(
                f"http://127.0.0.1:{port}{path}", headers=headers, timeout=PATIENCE, verify=PLAIN
            )
        except httpx.ConnectError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


class Terminal:
    """A command on a terminal of its own: `send` types, `shown` is all that was written."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self._process = process
        self._master = master
        self.shown = ""

    def send(self, text: str) -> None:
        """Type."""
        os.write(self._master, text.encode())

    def wait_for(self, text: str, times: int = 1) -> None:
        """Read until the text was written that many times."""
        deadline = time.monotonic() + PATIENCE
        while self.shown.count(text) < times:
            assert time.monotonic() < deadline, f"no {text!r} in {self.shown!r}"
            if not self._read():
                raise AssertionError(f"the command ended without {text!r}: {self.shown!r}")

    def wait(self) -> int:
        """Read to the end; the exit status."""
        while self._read():
            pass
        return self._process.wait(PATIENCE)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], PATIENCE)
        if not ready:
            raise AssertionError(f"nothing comes any more after {self.shown!r}")
        try:
            data = os.read(self._master, 65536)
        except OSError:  # EIO: nobody has the other end open any more
            return False
        self.shown += data.decode(errors="replace")
        return bool(data)


@contextmanager
def terminal(
    *arguments: str,
    columns: int = 80,
    directory: Path | None = None,
    environment: Mapping[str, str] | None = None,
    program: tuple[str, ...] = COMMAND,
) -> Iterator[Terminal]:
    """The command as the leader of a session that a terminal of that width controls."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        ["setsid", "--ctty", "--wait", *program, *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=directory,
        env=_environment({"TERM": "xterm-256color", **(environment or {})}),
    )
    os.close(slave)
    try:
        yield Terminal(process, master)
    finally:
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
            process.wait(PATIENCE)
        os.close(master)
