"""A running gateway whose hooks a test changes, and what it says of them."""

from __future__ import annotations

import operator
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tests.reload.hooks import hook
from tests.support.gateway import ADMIN, PLAIN, Gateway, gateway
from tests.support.polling import pauses
from tests.support.workflow import Workflow

T = TypeVar("T")
PATIENCE = 30.0


def eventually(look: Callable[[], T], wanted: Callable[[T], bool] = bool) -> T:
    """What `look` gives as soon as it is `wanted`."""
    deadline = time.monotonic() + PATIENCE
    for pause in pauses():
        if wanted(found := look()):
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not in {PATIENCE} s; last seen: {found}")
        time.sleep(pause)
    raise AssertionError("pauses have no end")


class Site:
    """The hooks directory `root` as the test writes it, and the gateway that serves it."""

    def __init__(self, root: Path, running: Gateway, workflow: Workflow) -> None:
        self.root = root
        self.gateway = running
        self.workflow = workflow
        one_request_each = httpx.Limits(max_keepalive_connections=0)
        self.client = httpx.Client(
            base_url=running.url, limits=one_request_each, timeout=30, verify=PLAIN
        )

    def text(self, name: str, version: str = "1", more: str = "") -> str:
        """A hook whose workflow echoes `<name>-<version>`."""
        return hook(name, f"{self.workflow.url}/run/{name}-{version}", more)

    def write(self, name: str, version: str = "1", more: str = "") -> Path:
        """Write `<name>.yaml` as an editor that saves by renaming does."""
        path = self.root / f"{name}.yaml"
        temporary = path.with_suffix(".tmp")
        temporary.write_text(self.text(name, version, more))
        temporary.rename(path)
        return path

    def answer(self, name: str) -> str:
        """Which version answers, or the status that came instead."""
        found = self.client.get(f"/hooks/{name}")
        if found.status_code != 200:
            return str(found.status_code)
        return str(found.json()["workflow"]).rpartition("-")[2]

    def answers(self, **versions: str) -> None:
        """Wait until each hook answers as this version, or with this status."""
        for name, version in versions.items():
            eventually(partial(self.answer, name), partial(operator.eq, version))

    def status(self) -> dict[str, Any]:
        """`GET /-/status`."""
        found: dict[str, Any] = self.client.get("/-/status", headers=ADMIN).json()
        return found

    def settled(self) -> int:
        """The generation that every worker serves: until all do, each tells of its own."""

        def agreed() -> int:
            status = self.status()
            numbers = {one["generation"] for one in status["workers"]}
            return status["generation"] if numbers == {status["generation"]} else 0

        return eventually(agreed)

    def reload(self) -> httpx.Response:
        """`POST /-/reload`."""
        return self.client.post("/-/reload", headers=ADMIN)

    def alive(self) -> bool:
        """Whether the process answers at all."""
        try:
            return self.client.get("/-/livez").status_code == 200
        except httpx.TransportError:
            return False

    def states(self) -> dict[str, str]:
        """Hook → state."""
        return {one["name"]: one["state"] for one in self.status()["hooks"]}

    def told(self, name: str) -> set[str]:
        """The codes of what is told of a file."""
        found = self.status()["diagnostics"]
        return {one["code"] for one in found if Path(one["place"].split(":")[0]).name == name}

    def problems(self) -> str:
        """What keeps the directory from being used."""
        return " / ".join(self.status()["problems"])


@contextmanager
def site(
    directory: Path,
    workflow: Workflow,
    *arguments: str,
    hooks: Mapping[str, str] | None = None,
    root: Path | None = None,
    ready: bool = True,
    prefix: Sequence[str] = (),
    secrets: Mapping[str, str] | None = None,
) -> Iterator[Site]:
    """A gateway on `directory/hooks.d`, which holds the hooks `hooks` (name → version)."""
    texts = {
        f"{name}.yaml": hook(name, f"{workflow.url}/run/{name}-{version}")
        for name, version in (hooks or {}).items()
    }
    started = gateway(directory, texts, *arguments, ready=ready, prefix=prefix, secrets=secrets)
    with started as running:
        found = Site(root or directory / "hooks.d", running, workflow)
        with found.client:
            eventually(found.alive)
            yield found
