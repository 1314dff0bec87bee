"""The job: a POST is answered 202 once it is on disk, and delivered to a workflow that counts."""

from __future__ import annotations

import http.client
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.needs import Need
from benchmarks.peers import nginx
from benchmarks.processes import Launch, PeerError, Running, running, until_it_works
from benchmarks.resources import TICKS, process_ticks
from benchmarks.scenario import WORKFLOW_ANSWER, Scenario, Site
from tests.support.ports import free_port

COUNTING = """\
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        default_type application/json;
        location = /count {{ stub_status; }}
        location / {{ return 200 '{answer}'; }}
    }}"""
_COUNT = re.compile(rb"\n\s*\d+ \d+ (\d+)")


@dataclass(frozen=True)
class Contestant:
    """A system that does the job. `promise` says what is on disk when it answers 202."""

    name: str
    promise: str
    needs: tuple[Need, ...]
    version: Callable[[], str]
    launch: Callable[[Site], Launch]


class Counting:
    """The workflow's server, which counts its requests."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._own = 0

    def count(self) -> int:
        """Requests until now, without those for this count."""
        status, body = ask(self.port, "GET", "/count", b"", {})
        found = _COUNT.search(body)
        if status != 200 or found is None:
            raise PeerError("the workflow does not count")
        self._own += 1
        return int(found[1]) - self._own

    def check(self) -> None:
        """Raises `PeerError` or OSError unless it counts."""
        self.count()


@contextmanager
def workflow(workdir: Path, scenario: Scenario, port: int = 0) -> Iterator[Counting]:
    """nginx with a static answer, which counts requests."""
    site = Site(workdir, port or free_port(), 0, scenario)
    site.workdir.mkdir(exist_ok=True)
    text = COUNTING.format(port=site.port, answer=WORKFLOW_ANSWER.decode())
    with running("workflow", nginx.launch(site, text), site.workdir) as server:
        counting = Counting(site.port)
        until_it_works(counting.check, server)
        yield counting


@contextmanager
def contesting(contestant: Contestant, site: Site) -> Iterator[Running]:
    """A contestant that accepts requests, and refuses those with a wrong token."""
    with running(contestant.name, contestant.launch(site), site.workdir) as server:
        until_it_works(lambda: accepts(site), server, 90)
        yield server


def accepts(site: Site) -> None:
    """Raises `PeerError` or OSError unless the job is accepted, and refused with a wrong token."""
    scenario = site.scenario
    for token, wanted in (("x" * len(scenario.token), 401), (scenario.token, 202)):
        headers = {**scenario.headers(token), "X-Key": os.urandom(8).hex()}
        status, body = ask(site.port, "POST", scenario.path, scenario.body, headers)
        if status != wanted:
            raise PeerError(f"answered {status} instead of {wanted}: {body[:200]!r}")


def ask(
    port: int, method: str, path: str, body: bytes, headers: dict[str, str]
) -> tuple[int, bytes]:
    """Status and body. Raises `PeerError` and OSError."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except http.client.HTTPException as error:
        raise PeerError(f"not an HTTP answer: {error!r}") from error
    finally:
        connection.close()


def family(pid: int) -> list[int]:
    """A process and all that come from it, also those in sessions of their own."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                children.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def cpu_of(pid: int) -> float:
    """Seconds of the processor that a family has used, with members that have ended."""
    return sum(map(process_ticks, family(pid))) / TICKS
