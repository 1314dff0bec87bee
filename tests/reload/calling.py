"""Callers that notice a set that is served by halves."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx

from tests.support.gateway import PLAIN


class Caller(threading.Thread):
    """Calls hooks that always agree, in turn, on one connection, which stays with one worker: an
    answer by an older version than one before was given by a torn set.

    `wrong` is whatever failed or was torn.
    """

    def __init__(self, url: str, names: Sequence[str], stop: threading.Event) -> None:
        super().__init__(name="caller")
        self.answers = 0
        self.wrong: list[str] = []
        self._url = url
        self._names = names
        self._over = stop

    def run(self) -> None:
        newest = 0
        with httpx.Client(base_url=self._url, timeout=30, verify=PLAIN) as client:
            while not self._over.is_set():
                for name in self._names:
                    newest = max(newest, self._call(client, name, newest))

    def _call(self, client: httpx.Client, name: str, newest: int) -> int:
        try:
            found = client.get(f"/hooks/{name}")
        except httpx.TransportError as error:
            self.wrong.append(repr(error))
            return 0
        self.answers += 1
        if found.status_code != 200:
            self.wrong.append(f"{name}: {found.status_code}")
            return 0
        version = int(found.headers["X-Version"])
        if version < newest:
            self.wrong.append(f"{name} is of version {version} after one of version {newest}")
        return version


@contextmanager
def callers(url: str, names: Sequence[str], count: int) -> Iterator[list[Caller]]:
    """`count` callers that call until the block ends."""
    stop = threading.Event()
    found = [Caller(url, names, stop) for _ in range(count)]
    for caller in found:
        caller.start()
    try:
        yield found
    finally:
        stop.set()
        for caller in found:
            caller.join()


def agreeing(names: Sequence[str], version: int, workflow_url: str) -> dict[str, str]:
    """A hook a file; their answers tell the version. `fresh-<version>` is in this version alone."""
    return {
        f"{name}.yaml": AGREEING.format(name=name, version=version, url=workflow_url)
        for name in (*names, f"fresh-{version}")
    }


AGREEING = """\
name: {name}
authentication: none
workflow: {url}
response:
  type: outputs
  headers: {{X-Version: "{version}"}}
"""
