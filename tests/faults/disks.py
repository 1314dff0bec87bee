"""Disks that fail, are slow, full or read-only under a running gateway, as callers see it."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.delivery.site import delivering, hook, outcome
from tests.support.gateway import Gateway
from tests.support.polling import until
from tests.support.strace import injected
from tests.support.workflow import Workflow

ROOM = 100 * 1024 * 1024
"""Bytes of a small disk: three times what the store keeps in reserve."""


def hooks(workflow: Workflow) -> str:
    """A durable hook, one whose workflow waits for its gate, and a direct one."""
    direct = f"name: direct\nmethod: POST\nauthentication: none\nworkflow: {workflow.url}/run\n"
    return "---\n".join(
        (
            hook("durable", f"{workflow.url}/run/durable"),
            hook("gated", f"{workflow.url}/gate"),
            direct,
        )
    )


class Site:
    """A gateway whose state is on some disk."""

    def __init__(self, running: Gateway, state: Path, workflow: Workflow) -> None:
        self.running = running
        self.state = state
        self.workflow = workflow
        self.promised: list[str] = []
        """The outcomes' URLs of what was promised."""

    @property
    def store(self) -> int:
        """The store's process."""
        return int((self.state / "runs.lock").read_text().split()[0])

    def post(self, name: str = "durable", **more: Any) -> Any:
        """One request."""
        answer = self.running.request("POST", f"/hooks/{name}", **more)
        if answer.status_code == 202:
            self.promised.append(answer.json()["outcome"])
        return answer

    def refused(self, problem: str) -> bool:
        """Whether a durable hook promises nothing now and says why, and a direct one does."""
        answer = self.post()
        assert self.post("direct").status_code == 200
        if answer.status_code == 202:
            return False
        assert answer.status_code == 503, answer.text
        assert answer.headers["retry-after"] in ("5", "30")
        return bool(answer.json()["type"] == f"urn:webhook-gateway:{problem}")

    def delivers_again(self) -> None:
        """Return when durable hooks promise again and everything that was promised is done."""
        until(lambda: self.post().status_code == 202, 60)
        for path in self.promised:
            assert outcome(self.running, path)["status"] == "succeeded"


@contextmanager
def site(
    directory: Path, workflow: Workflow, disk: Callable[[Path], Any] | None = None
) -> Iterator[Site]:
    """A gateway; `disk` is a context manager that mounts its disk on a directory."""
    state = directory / "state"
    state.mkdir(parents=True)
    with disk(state) if disk else nullcontext():  # noqa: SIM117 - the disk is there first
        with delivering(directory, workflow, text=hooks(workflow)) as running:
            found = Site(running, state, workflow)
            assert found.post().status_code == 202
            yield found


def failing(found: Site, log: Path) -> None:
    """fdatasync fails: nothing is promised, and the next store goes on."""
    store = found.store
    with injected(store, "fdatasync,fsync", "fdatasync,fsync:error=EIO", log):
        assert found.refused("store-unavailable")
        line = found.running.wait_for_line(event="the store ended unexpectedly")
        assert line["status"] == 75
        until(lambda: not Path(f"/proc/{store}").exists())
    found.delivers_again()


def slow(found: Site, log: Path, seconds: float, callers: int) -> float:
    """Each fdatasync takes long: who is told so is done, and direct hooks do not notice. Returns
    how long the slowest direct one took.
    """
    threads = [threading.Thread(target=found.post) for _ in range(callers)]
    fault = f"fdatasync,fsync:delay_enter={int(seconds * 1_000_000)}"
    longest = 0.0
    with injected(found.store, "fdatasync,fsync", fault, log):
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            begun = time.monotonic()
            assert found.post("direct").status_code == 200
            longest = max(longest, time.monotonic() - begun)
        for thread in threads:
            thread.join()
    found.delivers_again()
    return longest


def full_disk(found: Site) -> None:
    """Somebody fills the disk: nothing is promised, and results are kept all the same."""
    workflow = found.workflow
    workflow.gate.clear()
    held = found.post("gated").json()
    until(lambda: workflow.received[-1].target == "/gate")
    filler = found.state / "of somebody else"
    fill(filler)
    # As long as there is room in pages that the files have already, runs are stored.
    body = {"x": "x" * 200_000}
    until(lambda: found.post(json=body).status_code == 503)
    until(lambda: found.refused("store-full"))
    workflow.gate.set()
    assert outcome(found.running, held["outcome"])["status"] == "succeeded"
    filler.unlink()


def fill(path: Path) -> None:
    """Take all the room of its disk."""
    with path.open("wb", buffering=0) as stream:
        for size in (1 << 20, 1 << 12):
            with suppress(OSError):
                while True:
                    stream.write(bytes(size))


def read_only(found: Site, disk: Disk) -> None:
    """The system finds an error and lets nobody write any more, until the disk is mounted anew."""
    disk.fail()
    assert found.refused("store-unavailable")
    line = found.running.wait_for_line(event="the store ends", status=75)
    assert "cannot be" in line["reason"]
    disk.mount_again()
    found.delivers_again()


def mounted(*arguments: str) -> None:
    """mount(8), or no test."""
    if subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode:
        pytest.skip("file systems cannot be mounted here")


@contextmanager
def small(state: Path) -> Iterator[None]:
    """A disk without much room, in memory."""
    mounted("-t", "tmpfs", "-o", f"size={ROOM},mode=0700", "tmpfs", str(state))
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(state)], check=True)


class Disk:
    """A disk of its own in a file, with a file system that is mounted read-only after an error."""

    def __init__(self, image: Path) -> None:
        self._image = image
        self._state = Path()

    @contextmanager
    def __call__(self, state: Path) -> Iterator[None]:
        self._state = state
        with self._image.open("wb") as file:
            file.truncate(ROOM)
        if shutil.which("mkfs.ext4") is None:
            pytest.skip("no mkfs.ext4")
        subprocess.run(["mkfs.ext4", "-q", "-F", str(self._image)], check=True)
        self._mount()
        try:
            yield
        finally:
            subprocess.run(["umount", "-l", str(state)], check=True)

    def _mount(self) -> None:
        mounted("-o", "loop,errors=remount-ro", str(self._image), str(self._state))

    def fail(self) -> None:
        """Let the system find an error."""
        device = os.stat(self._state).st_dev
        name = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}").resolve().name
        trigger = Path(f"/sys/fs/ext4/{name}/trigger_fs_error")
        if not trigger.exists():
            pytest.skip("file systems cannot fail here")
        trigger.write_text("1")

    def mount_again(self) -> None:
        """As an operator who has repaired it."""
        subprocess.run(["umount", "-l", str(self._state)], check=True)
        subprocess.run(["e2fsck", "-p", str(self._image)], check=False, capture_output=True)
        self._mount()


def full(directory: Path) -> tuple[bool, list[str]]:
    """Each disk, with waits as long as they are."""
    workflow = Workflow().start()
    told = []
    try:
        with site(directory / "failing", workflow) as found:
            for _ in range(5):
                failing(found, directory / "trace")
            told.append(f"EIO at fdatasync 5 times: {len(found.promised)} promised, none lost")
        with site(directory / "slow", workflow) as found:
            longest = slow(found, directory / "trace", seconds=2, callers=50)
            told.append(
                f"fdatasync of 2 s, 50 callers: {len(found.promised)} promised, none lost, "
                f"slowest direct answer {longest * 1000:.0f} ms"
            )
        with site(directory / "full", workflow, small) as found:
            full_disk(found)
            found.delivers_again()
            told.append(f"full disk: {len(found.promised)} promised, none lost, accepts again")
        disk = Disk(directory / "image")
        with site(directory / "read-only", workflow, disk) as found:
            read_only(found, disk)
            told.append(f"read-only disk: {len(found.promised)} promised, none lost")
    finally:
        workflow.stop()
    return True, told
