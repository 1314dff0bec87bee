"""The image as a container, started the way the manifests have Kubernetes start it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.reload.volumes import Volume
from tests.support.ports import free_port

USER = 10001
PATIENCE = 30.0
IMAGE = os.environ.get("IMAGE_TEST_IMAGE", "")
HARDENED = (
    *("--network", "host", "--read-only", "--read-only-tmpfs=false", "--cap-drop", "all"),
    *("--security-opt", "no-new-privileges"),
    # Below the limits of this process: raising them takes a capability that it may not have.
    *("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"),
)


def podman(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run podman on the storage that `deploy/image-test/run` names."""
    command = [*shlex.split(os.environ["IMAGE_TEST_PODMAN"]), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=50)
    assert not check or done.returncode == 0, done.stderr
    return done


def inspect(kind: str, name: str) -> Any:
    """What podman knows of an image or a container."""
    return json.loads(podman(kind, "inspect", name).stdout)[0]


class Container:
    """A running gateway with its volumes, written as the kubelet writes them."""

    def __init__(self, directory: Path) -> None:
        self.name = f"webhook-gateway-{os.getpid()}-{directory.name}"
        self.port = free_port()
        self.operators_port = free_port()
        self.hooks = Volume(directory / "hooks")
        self.secrets = Volume(directory / "secrets")
        self.state = directory / "state"
        self.state.mkdir(mode=0o700)
        os.chown(self.state, USER, USER)

    def start(self) -> None:
        """Start, and wait until it is ready."""
        settings = {
            "PORT": str(self.port),
            "ADMIN_LISTEN": f"127.0.0.1:{self.operators_port}",
            "ADMIN_TOKEN": "admin-token",
            "PRE_DRAIN": "1s",
        }
        podman(
            *("run", "--detach", "--name", self.name, *HARDENED),
            *(f"--env=GATEWAY_{name}={value}" for name, value in settings.items()),
            f"--volume={self.hooks.directory}:/etc/gateway/hooks.d:ro",
            f"--volume={self.secrets.directory}:/etc/gateway/secrets:ro",
            f"--volume={self.state}:/var/lib/gateway",
            IMAGE,
        )
        wait_for(self.is_ready, self.log)

    def is_ready(self) -> bool:
        """Whether it wants traffic."""
        try:
            return self.operate("/-/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """One request of a caller, over the loopback interface."""
        url = f"http://127.0.0.1:{self.port}{path}"
        return httpx.request(method, url, timeout=30, **arguments)

    def operate(self, path: str, **arguments: Any) -> httpx.Response:
        """What an operator is answered."""
        return httpx.get(f"http://127.0.0.1:{self.operators_port}{path}", timeout=30, **arguments)

    def python(self, code: str) -> str:
        """The output of Python code, run in the container as its user."""
        return podman("exec", self.name, "python3", "-c", code).stdout

    def process(self) -> dict[str, str]:
        """/proc/<pid>/status of its first process, as the machine sees it."""
        number = inspect("container", self.name)["State"]["Pid"]
        lines = Path(f"/proc/{number}/status").read_text().splitlines()
        return {name: value.strip() for name, value in (line.split(":", 1) for line in lines)}

    def log(self) -> str:
        """The last lines that it wrote."""
        done = podman("logs", "--tail", "20", self.name, check=False)
        return done.stdout + done.stderr


@contextmanager
def container(
    directory: Path, hooks: Mapping[str, str], secrets: Mapping[str, str]
) -> Iterator[Container]:
    """A container that is removed at the end."""
    running = Container(directory)
    running.hooks.write(hooks)
    running.secrets.write(secrets)
    try:
        running.start()
        yield running
    finally:
        podman("rm", "--force", "--time", "0", running.name, check=False)


def wait_for(holds: Callable[[], bool], tell: Callable[[], str]) -> None:
    """Poll until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, tell()
        time.sleep(0.2)
