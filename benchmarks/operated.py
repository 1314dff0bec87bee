"""A gateway with the operators' listener, as manifests start it."""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import workflow
from benchmarks.peers.gateway import COMMAND, HOOK_YAML
from benchmarks.processes import Launch, PeerError, Running, running, until_it_works
from benchmarks.scenario import HOOK, Scenario, Site
from tests.support.ports import free_port

ADMIN = "the-admin-token-of-the-benchmarks"
"""The name of the admin token, and its value."""


@dataclass(frozen=True)
class Operated:
    """A running gateway: the callers' port, the operators' port, and its directory of hooks."""

    server: Running
    port: int
    operators: int
    hooks: Path

    def get(self, path: str) -> bytes:
        """The body of `path` on the operators' listener. Raises `PeerError` unless it is 200."""
        return get(self.operators, path)

    def check(self) -> None:
        """Raises `PeerError` or OSError unless the gateway is ready."""
        self.get("/-/readyz")

    def status(self) -> dict[str, Any]:
        """`GET /-/status`."""
        found: dict[str, Any] = json.loads(self.get("/-/status"))
        return found

    def workers(self) -> list[int]:
        """The process ids of the running workers."""
        return [one["process"] for one in self.status()["workers"]]

    def write(self, name: str, text: str) -> None:
        """Put a hook file in place, whole."""
        part = self.hooks / f".{name}"
        part.write_text(text)
        part.rename(self.hooks / name)


@contextmanager
def operated(workdir: Path, hooks: Mapping[str, str], workers: int = 1) -> Iterator[Operated]:
    """A gateway that serves `hooks` (file name: text), ready."""
    place = launched(workdir, hooks, workers)
    with running("gateway", place[0], workdir) as server:
        found = Operated(server, *place[1:])
        until_it_works(partial(_all_serve, found, workers), server)
        yield found


def _all_serve(place: Operated, workers: int) -> None:
    place.check()
    serving = sum(one["generation"] > 0 for one in place.status()["workers"])
    if serving < workers:
        raise PeerError(f"{serving} of {workers} workers serve")


def launched(
    workdir: Path, hooks: Mapping[str, str], workers: int = 1
) -> tuple[Launch, int, int, Path]:
    """How that gateway is started, its two ports, and its directory of hooks, written."""
    directory, secrets = workdir / "hooks.d", workdir / "secrets"
    for made in (directory, secrets):
        made.mkdir(parents=True)
    for name, text in hooks.items():
        (directory / name).write_text(text)
    (secrets / ADMIN).write_text(ADMIN)
    port, operators = free_port(), free_port()
    argv = [
        *(str(COMMAND), "serve", str(directory), "--secrets", str(secrets)),
        *("--port", str(port), "--admin-listen", f"127.0.0.1:{operators}"),
        *("--workers", str(workers), "--admin-token", ADMIN),
        *("--pre-drain", "0s", "--log-level", "warning"),
    ]
    return Launch(argv), port, operators, directory


@contextmanager
def endpoint(workdir: Path, scenario: Scenario) -> Iterator[Site]:
    """The workflow endpoint, and the site of whoever calls it."""
    place = Site(workdir / "workflow", free_port(), 0, scenario)
    place.workdir.mkdir()
    with running("workflow endpoint", workflow.launch(place), place.workdir) as server:
        until_it_works(lambda: workflow.check(place.port, scenario), server)
        yield Site(workdir, 0, place.port, scenario)


def measured_hook(site: Site) -> str:
    """The hook that takes the scenario's request."""
    scenario = site.scenario
    return HOOK_YAML.format(
        name=HOOK,
        method=scenario.method,
        sha256=scenario.token_sha256,
        workflow=site.workflow_url,
    )


def get(port: int, path: str) -> bytes:
    """The body of `path` on a port of this machine. Raises `PeerError` unless it is 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {ADMIN}"})
        answer = connection.getresponse()
        body = answer.read()
    except http.client.HTTPException as error:
        raise PeerError(f"{path}: {error!r}") from error
    finally:
        connection.close()
    if answer.status != 200:
        raise PeerError(f"{path} answered {answer.status}: {body[:200].decode(errors='replace')}")
    return body


def sockets(pid: int) -> set[int]:
    """The inodes of the sockets that a process has open."""
    found = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = os.readlink(entry)
        except OSError:
            continue
        if target.startswith("socket:["):
            found.add(int(target[8:-1]))
    return found
