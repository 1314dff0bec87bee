"""`python -m tests.faults.shared.network DIRECTORY NAMESPACE…`: networks that are cut.

Each gateway has a network namespace and an address. The servers, the workflow and the callers are
in one more, which all of them reach over a bridge. Nothing of it is seen outside.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.faults.records import Kill
from tests.faults.shared.cluster import Cluster, cluster
from tests.faults.shared.scene import Place, Scene, scene
from tests.faults.shared.told import Outcome

CUT = 20.0
LONG = 40.0
"""Seconds after which the others have taken over what a gateway had in flight."""
HUB = "10.213.0.1"
KINDS = {"silent": "drop", "refused": "reject with tcp reset"}
_PROGRAMS = ("ip", "nft", "nsenter")


def missing() -> str:
    """Why no namespaces can be made here; empty where they can."""
    if os.geteuid():
        return "namespaces need root"
    absent = [name for name in _PROGRAMS if shutil.which(name) is None]
    if absent:
        return f"{', '.join(absent)} not found"
    name = f"gateway-{os.getpid()}-try"
    if subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode:
        return "no namespace can be made here"
    _run("ip", "netns", "delete", name)
    return ""


def full(directory: Path) -> Outcome:
    """Cut one gateway off, and all of them, in both ways; whether all held, and what to print."""
    if why := missing():
        return True, [f"skipped: {why}"]
    with namespaces() as names:
        done = subprocess.run(
            [*_inside(names[0]), sys.executable, "-m", __spec__.name, directory, *names[1:]],
            stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
    holds, lines = json.loads(done.stdout)
    return holds, lines


@contextmanager
def namespaces() -> Iterator[list[str]]:
    """The hub's, with a bridge, and those of three gateways, with an end of a wire to it."""
    hub, *others = names = [f"gateway-{os.getpid()}-{number}" for number in range(4)]
    try:
        for name in names:
            _run("ip", "netns", "add", name)
            _run("ip", "-n", name, "link", "set", "lo", "up")
        _run("ip", "-n", hub, "link", "add", "hub", "type", "bridge")
        _run("ip", "-n", hub, "address", "add", f"{HUB}/24", "dev", "hub")
        _run("ip", "-n", hub, "link", "set", "hub", "up")
        for number, name in enumerate(others):
            _wire(hub, name, number)
        yield names
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "delete", name], capture_output=True, check=False)


def _wire(hub: str, name: str, number: int) -> None:
    end = f"to-{number}"
    _run("ip", "-n", hub, "link", "add", end, "type", "veth", "peer", "name", "hub", "netns", name)
    _run("ip", "-n", hub, "link", "set", end, "master", "hub", "up")
    _run("ip", "-n", name, "address", "add", f"{_address(number)}/24", "dev", "hub")
    _run("ip", "-n", name, "link", "set", "hub", "up")


def _address(number: int) -> str:
    return f"10.213.0.{number + 2}"


def _inside(name: str) -> tuple[str, ...]:
    return ("nsenter", f"--net=/run/netns/{name}", "--")


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


class Cut:
    """The ways of some gateways to the servers, which can be cut."""

    def __init__(self, names: list[str], made: Cluster) -> None:
        self._names = names
        self._ports = ",".join(str(server.port) for server in made.servers)

    @contextmanager
    def off(self, number: int, kind: str) -> Iterator[None]:
        """Nothing passes between a gateway and the servers, which is dropped or refused."""
        verdict = KINDS[kind]
        rules = (
            f"add table ip cut; add chain ip cut out {{ type filter hook output priority 0; }}; "
            f"add chain ip cut in {{ type filter hook input priority 0; }}; "
            f"add rule ip cut out ip daddr {HUB} tcp dport {{ {self._ports} }} {verdict}; "
            f"add rule ip cut in ip saddr {HUB} tcp sport {{ {self._ports} }} drop"
        )
        _run(*_inside(self._names[number]), "nft", rules)
        try:
            yield
        finally:
            _run(*_inside(self._names[number]), "nft", "delete table ip cut")


def cuts(directory: Path, names: list[str]) -> Outcome:
    """In the hub's namespace."""
    places = [Place(_address(number), _inside(name)) for number, name in enumerate(names)]
    with cluster(host=HUB) as made, scene(directory, made, places=places) as at:
        cut = Cut(names, made)
        _cut(at, cut, "one gateway cut off, silent", "silent", (0,), LONG)
        for kind in KINDS:
            _cut(at, cut, f"one gateway cut off, {kind}", kind, (0,))
        for kind in KINDS:
            _cut(at, cut, f"all gateways cut off, {kind}", kind, (0, 1, 2))
        return at.end(made.primary).outcome()


def _cut(
    at: Scene, cut: Cut, name: str, kind: str, numbers: tuple[int, ...], seconds: float = CUT
) -> None:
    with at.fault(name, of=numbers) as away, ExitStack() as cuts:
        for number in numbers:
            cuts.enter_context(cut.off(number, kind))
        away.begins()
        at.kills.append(Kill("cut off", time.monotonic()))
        time.sleep(seconds)
        away.ends()


if __name__ == "__main__":
    print(json.dumps(cuts(Path(sys.argv[1]), sys.argv[2:])))  # noqa: T201
