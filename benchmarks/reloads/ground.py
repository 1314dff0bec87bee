"""A gateway that serves many generated hooks from a volume as kubelet writes it."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks import workflow
from benchmarks.peers.gateway import COMMAND, HOOK_YAML
from benchmarks.processes import Launch, PeerError, Running, running, until_it_works
from benchmarks.scenario import HOOK, Scenario, Site
from tests.reload.volumes import Volume
from tests.support.ports import free_port

GENERATED = """\
name: {name}
description: Starts the workflow of {name} for what is ordered in its city.
method: POST
match:
  body:
    CityName: City {number}
    order.total: {{gte: {number}}}
    order.items: {{any: {{sku: B-{number}}}}}
authentication:
  type: bearer
  tokens:
    - sha256: {sha256}
workflow:
  url: {workflow}/{name}
  timeout: 5s
response:
  type: outputs
  select: [orderId]
"""
MARKER = "name: {name}\nauthentication: none\nworkflow: {workflow}\n"
POLL = 0.002
ADMIN = "the-admin-token-of-the-benchmarks"
"""The name of the admin token, and its value."""


@dataclass(frozen=True)
class Ground:
    """A running gateway, the volume it serves, and `files`: the hooks that never change."""

    server: Running
    port: int
    volume: Volume
    files: dict[str, str]
    workflow_url: str

    def marked(self, name: str) -> dict[str, str]:
        """The files with one hook more, by which the set can be told apart."""
        return {**self.files, "marker.yaml": marker(name, self.workflow_url)}

    def status(self) -> dict[str, Any]:
        """`GET /-/status`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", "/-/status", headers={"Authorization": f"Bearer {ADMIN}"})
            found: dict[str, Any] = json.loads(connection.getresponse().read())
            return found
        finally:
            connection.close()

    def until_answered(self, name: str, seconds: float = 60.0) -> float:
        """When the hook `name` first answers (perf_counter)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        deadline = time.perf_counter() + seconds
        try:
            while time.perf_counter() < deadline:
                connection.request("GET", f"/hooks/{name}")
                answer = connection.getresponse()
                answer.read()
                if answer.status == 200:
                    return time.perf_counter()
                time.sleep(POLL)
        finally:
            connection.close()
        raise PeerError(f"the hook {name} did not answer within {seconds:.0f} s")


def generated(count: int, workflow_url: str, members: str = "") -> dict[str, str]:
    """`count` hooks, one a file, all with a token and rules; with `members`, their data."""
    timeout, data = "  timeout: 5s\n", f"  data:\n{members}" if members else ""
    text = GENERATED.replace(timeout, timeout + data)
    return {
        f"hook-{number}.yaml": text.format(
            n=number,
            name=f"hook-{number}",
            number=number,
            sha256=sha256(b"token %d" % number).hexdigest(),
            workflow=workflow_url,
        )
        for number in range(count)
    }


def marker(name: str, workflow_url: str) -> str:
    """A hook that anyone may call."""
    return MARKER.format(name=name, workflow=workflow_url)


@contextmanager
def ground(
    workdir: Path, scenario: Scenario, count: int, workers: int = 1, members: str = ""
) -> Iterator[Ground]:
    """The workflow endpoint and a gateway with `count` hooks, one of them the scenario's."""
    place = Site(_made(workdir / "workflow"), free_port(), 0, scenario)
    site = Site(_made(workdir / "gateway"), free_port(), place.port, scenario)
    files = generated(count - 2, site.workflow_url, members)
    files["measured.yaml"] = HOOK_YAML.format(
        name=HOOK, method="POST", sha256=scenario.token_sha256, workflow=site.workflow_url
    )
    volume = Volume(site.workdir / "hooks.d")
    volume.write({**files, "marker.yaml": marker("marker", site.workflow_url)})
    with ExitStack() as servers:
        endpoint = workflow.launch(place)
        server = servers.enter_context(running("workflow endpoint", endpoint, place.workdir))
        until_it_works(lambda: workflow.check(place.port, scenario), server)
        launch = _launch(site, volume.directory, workers)
        server = servers.enter_context(running("gateway", launch, site.workdir))
        found = Ground(server, site.port, volume, files, site.workflow_url)
        until_it_works(lambda: _ready(site.port), server, 120)
        yield found


def _launch(site: Site, hooks: Path, workers: int) -> Launch:
    argv = [
        *(str(COMMAND), "serve", str(hooks), "--port", str(site.port)),
        *("--workers", str(workers), "--pre-drain", "0s"),
        *("--secrets", str(site.workdir), "--admin-token", ADMIN),
    ]
    site.write(ADMIN, ADMIN)
    return Launch(argv)


def _ready(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/-/readyz")
        if (status := connection.getresponse().status) != 200:
            raise PeerError(f"/-/readyz answered {status}")
    finally:
        connection.close()


def _made(directory: Path) -> Path:
    directory.mkdir(parents=True)
    return directory
