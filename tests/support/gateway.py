"""A real gateway process, started by its command, for tests."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import httpx

from tests.support.polling import pauses
from tests.support.ports import free_port

PATIENCE = 50.0
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Nothing is encrypted here; without it, each request would load every certificate authority."""
ADMIN_TOKEN = "the-admin-token-of-every-test-00"
SETTLED = 2.0
"""Seconds after which a process that logs no requests is believed to have written its lines."""
ENVIRONMENT = {"PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": ""}
"""What is imported is compiled once, and not again for every server."""


class Gateway:
    """A running `gateway serve`: its address, its log, its process."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self.log = log
        self.url = f"http://127.0.0.1:{port}"
        self.operators_url = self.url

    def operate(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """One request of an operator."""
        url = self.operators_url + path
        return httpx.request(method, url, timeout=30, verify=PLAIN, **arguments)

    def request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """One request on a connection of its own."""
        return httpx.request(method, self.url + path, timeout=30, verify=PLAIN, **arguments)

    def output(self) -> str:
        """Everything that the process wrote until now, the last line of its worker included."""
        if self.process.poll() is None:
            self._settle()
        return self.log.read_text()

    def all_lines(self) -> list[dict[str, Any]]:
        """The log lines until now."""
        return _decoded(self.output())

    def lines(self, event: str = "request") -> list[dict[str, Any]]:
        """The log lines of one event."""
        return [line for line in self.all_lines() if line["event"] == event]

    def wait_for_line(self, **fields: Any) -> dict[str, Any]:
        """The first request line with these fields, awaited."""
        deadline = time.monotonic() + PATIENCE
        with self.log.open("rb") as log:
            for pause in pauses():
                for line in _decoded(_whole_lines(log)):
                    if all(line.get(key) == value for key, value in fields.items()):
                        return line
                if time.monotonic() > deadline:
                    break
                time.sleep(pause)
        raise AssertionError(f"no line with {fields} in:\n{self.output()}")

    def _settle(self) -> None:
        """Lines are written by a thread, in order: when a last one is there, all are."""
        last = uuid4().hex
        try:
            self.request("GET", "/-/nothing", headers={"X-Request-Id": last})
        except httpx.TransportError:
            return
        deadline = time.monotonic() + SETTLED
        while last not in self.log.read_text() and time.monotonic() < deadline:
            time.sleep(0.01)

    def workers(self) -> list[int]:
        """The process ids of the workers."""
        others = ("resource_tracker", "gateway.processes.store")
        return [
            process
            for process, command in self._children()
            if not any(name in command for name in others)
        ]

    def store(self) -> int:
        """The process id of the store."""
        [found] = [
            process for process, command in self._children() if "gateway.processes.store" in command
        ]
        return found

    def _children(self) -> Iterator[tuple[int, str]]:
        """The processes of the supervisor, with their command lines; others may end meanwhile."""
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(FileNotFoundError, ProcessLookupError):
                parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[1]
                command = (entry / "cmdline").read_text()
                if int(parent) == self.process.pid:
                    yield int(entry.name), command

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Signal the process and wait for its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


def _whole_lines(log: BinaryIO) -> str:
    """What was written since the last time, up to the end of a line."""
    begin, text = log.tell(), log.read()
    end = text.rfind(b"\n") + 1
    log.seek(begin + end)
    return text[:end].decode()


def _decoded(text: str) -> list[dict[str, Any]]:
    whole = text[: text.rfind("\n") + 1]
    return [json.loads(line) for line in whole.splitlines() if line[:1] == "{"]


def write_files(directory: Path, files: Mapping[str, str]) -> Path:
    """Write files below a directory and return it."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return directory


@contextmanager
def gateway(
    directory: Path,
    hooks: Mapping[str, str],
    *arguments: str,
    secrets: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    ready: bool = True,
    prefix: Sequence[str] = (),
    limits: Mapping[str, float] | None = None,
    stdout: int | None = None,
    bare: bool = False,
    operators: int | None = None,
) -> Iterator[Gateway]:
    """Start `gateway serve` on hooks written below `directory`; stop it at the end.

    `prefix` is a command that becomes the one it is given, such as setpriv. `limits` are other
    ones than a gateway has; they take the place of `arguments`. `stdout` is a descriptor that
    takes the place of the log file. A `bare` one has no secrets and no admin token. `operators` is
    the port of their listener.
    """
    write_files(directory / "hooks.d", hooks)
    write_files(directory / "secrets", {"admin": ADMIN_TOKEN, **(secrets or {})})
    port = free_port()
    log = directory / "gateway.log"
    command = [
        *prefix, sys.executable, "-m", "gateway", "serve", str(directory / "hooks.d"),
        "--port", str(port), "--secrets", str(directory / "secrets"),
        "--admin-token", "admin", "--pre-drain", "0s", *arguments,
    ]  # fmt: skip
    if bare:
        secret_flags = command.index("--secrets")
        del command[secret_flags : secret_flags + 4]
    if operators is not None:
        command += ["--admin-listen", f"127.0.0.1:{operators}"]
    if limits is not None:
        command[2:] = ["tests.support.limited", _settings(directory, port, limits)]
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, stdout=stream if stdout is None else stdout,
            stderr=subprocess.STDOUT if stdout is None else stream, stdin=subprocess.DEVNULL,
            env={**os.environ, **ENVIRONMENT, **(environment or {})},
        )  # fmt: skip
    running = Gateway(process, port, log)
    if operators is not None:
        running.operators_url = f"http://127.0.0.1:{operators}"
    try:
        if ready:
            wait_until_ready(running)
        yield running
    finally:
        if process.poll() is None:
            running.stop()


def _settings(directory: Path, port: int, limits: Mapping[str, float]) -> str:
    return json.dumps(
        {
            "hooks": str(directory / "hooks.d"),
            "port": port,
            "secrets": str(directory / "secrets"),
            "admin_token": "admin",
            "limits": limits,
        }
    )


def wait_until_ready(running: Gateway) -> None:
    """Poll `/-/readyz` until it answers 200."""
    deadline = time.monotonic() + PATIENCE
    for pause in pauses():
        if running.process.poll() is not None or time.monotonic() > deadline:
            break
        try:
            if running.operate("GET", "/-/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(pause)
    raise AssertionError(f"the gateway did not become ready:\n{running.output()}")


ADMIN = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
