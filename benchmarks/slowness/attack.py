"""slowhttptest in its three modes against one gateway."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import operated
from benchmarks.needs import debian, require
from benchmarks.operated import Operated
from benchmarks.peers import nginx
from benchmarks.processes import Launch, running, until_it_works
from benchmarks.scenario import Scenario, Site
from tests.support.ports import free_port

NEED = debian("slowhttptest", "slowhttptest")
PIECE = "x" * 2048
PIECES = 64
"""Of the answer that is read slowly: 128 KiB."""
AGAIN = 4
"""Seconds until slowhttptest connects anew: it does not replace connections that were ended."""
LARGE = """\
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        default_type text/plain;
        set $piece '{piece}';
        return 200 '{answer}';
    }}"""
OPEN = "name: {name}\nmethod: [GET, POST]\nauthentication: none\nworkflow: {url}\n"


@dataclass(frozen=True)
class Mode:
    """One way of being slow: the flags of slowhttptest and the hook that it calls."""

    name: str
    flags: Sequence[str]
    hook: str


MODES = (
    Mode("slow headers (-H)", ("-H", "-i", "1", "-x", "24"), "open"),
    Mode("slow bodies (-B)", ("-B", "-i", "1", "-x", "10", "-s", "8192"), "open"),
    Mode("slow readers (-X)", ("-X", "-n", "1", "-w", "10", "-y", "20", "-z", "32"), "large"),
)


@contextmanager
def attacked(place: Operated, mode: Mode, connections: int, workdir: Path) -> Iterator[None]:
    """`connections` slow clients for as long as the block runs, new ones every `AGAIN` seconds."""
    command = [
        *(require("slowhttptest"), *mode.flags, "-l", str(AGAIN), "-p", "5"),
        *("-c", str(connections), "-r", str(connections)),
        *("-u", f"http://127.0.0.1:{place.port}/hooks/{mode.hook}"),
    ]
    argv = ["sh", "-c", f"while :; do {shlex.join(command)}; done"]
    with running("slowhttptest", Launch(argv), workdir):
        yield


@contextmanager
def ground(workdir: Path, scenario: Scenario) -> Iterator[Operated]:
    """A gateway with the scenario's hook and two that anyone may call, one with a large answer."""
    with ExitStack() as servers:
        site = servers.enter_context(operated.endpoint(workdir, scenario))
        large = Site(workdir / "large", free_port(), 0, scenario)
        large.workdir.mkdir()
        text = LARGE.format(port=large.port, piece=PIECE, answer="$piece" * PIECES)
        servers.enter_context(running("large answers", nginx.launch(large, text), large.workdir))
        hooks = {
            "measured.yaml": operated.measured_hook(site),
            "open.yaml": OPEN.format(name="open", url=site.workflow_url),
            "large.yaml": OPEN.format(name="large", url=f"http://127.0.0.1:{large.port}/"),
        }
        place = servers.enter_context(operated.operated(workdir / "gateway", hooks))
        until_it_works(lambda: _is_large(place), place.server)
        yield place


def _is_large(place: Operated) -> None:
    assert len(operated.get(place.port, "/hooks/large")) == len(PIECE) * PIECES
