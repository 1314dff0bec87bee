"""What a power cut could leave of a store's files, for each moment at which it could come.

The system calls of a real store are recorded. Whatever was written and not synced when the power
fails may be on the disk, or not, or in part: sectors arrive in any order. A file that was made or
removed is there for certain after its directory was synced.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from multiprocessing import Pipe
from pathlib import Path
from typing import NamedTuple

import msgspec

from gateway.runs.sqlite import messages as m
from gateway.runs.sqlite.control import MIB, Serve, Stop, StoreSettings
from gateway.runs.sqlite.frames import Splitter
from tests.runs.sqlite.stores import POLICIES
from tests.support.strace import command

SECTOR = 512
_CALLS = "openat,pwrite64,write,fdatasync,fsync,ftruncate,unlink,sendto,recvfrom"
_LINE = re.compile(
    rb"^\d+ +(?P<call>\w+)\((?:AT_FDCWD<[^>]*>, )?(?:(?P<fd>\d+)<(?P<path>[^>]*)>)?(?P<rest>.*)\)"
    rb" += (?P<result>-?\d+)"
)
_encode = msgspec.msgpack.Encoder().encode


class Event(NamedTuple):
    """One call that succeeded. `path` is a file, or what names a socket."""

    call: str
    path: str
    data: bytes
    offset: int


class Traced:
    """A store process under strace, spoken to as its supervisor does."""

    def __init__(self, state: Path, log: Path) -> None:
        ours, theirs = Pipe()
        self._pipe = ours
        self.socket = str(state / "s")
        # Without the filter of seccomp each call of the interpreter's start would stop it.
        traced = command(log, _CALLS, "--seccomp-bpf", "-y", "-xx", "-s", "10000000")
        module = [sys.executable, "-m", "gateway.processes.store", str(theirs.fileno())]
        self._process = subprocess.Popen(
            [*traced, *module, "json", "warning"], pass_fds=[theirs.fileno()]
        )
        theirs.close()
        settings = StoreSettings(state=str(state), socket=self.socket, reserve=0, size=64 * MIB)
        for said in (settings, Serve(POLICIES)):
            ours.send_bytes(_encode(said))
        assert ours.poll(60), "the store says nothing"
        ours.recv_bytes()

    def stop(self) -> None:
        """End it in order."""
        self._pipe.send_bytes(_encode(Stop()))
        assert self._process.wait(60) == 0
        self._pipe.close()


def events(log: Path) -> Iterator[Event]:
    """The calls that changed something or told somebody, in their order."""
    with log.open("rb") as lines:
        for line in lines:
            found = _LINE.match(line)
            if found is None or int(found["result"]) < 0:
                continue
            call, rest, result = found["call"].decode(), found["rest"], int(found["result"])
            path = _text(found["path"] or b"").decode()
            text = _text(rest.partition(b'"')[2].rpartition(b'"')[0])
            if call in ("openat", "unlink"):
                if call == "unlink" or b"O_CREAT" in rest:
                    yield Event(call, text.decode(), b"", 0)
            elif call == "ftruncate":
                yield Event(call, path, b"", int(rest.rsplit(b", ", 1)[1]))
            elif call == "pwrite64":
                yield Event(call, path, text[:result], int(rest.rsplit(b", ", 1)[1]))
            else:
                yield Event(call, path, text[:result], 0)


def _text(shown: bytes) -> bytes:
    return bytes.fromhex(shown.translate(None, b"\\x").decode())


class File:
    """What is surely there, and what was done to it since the last sync."""

    def __init__(self) -> None:
        self.content = bytearray()
        self.pending: list[Event] = []
        self.entered = False
        """Whether its name is surely in the directory."""
        self.removed = False

    def sync(self) -> None:
        """All of it is there."""
        for event in self.pending:
            _apply(self.content, event)
        self.pending = []

    def left(self, chance: random.Random | None) -> bytes | None:
        """What a power cut leaves: nothing that was not synced, or some of it at random; None for
        no file.
        """
        if chance is None:
            return bytes(self.content) if self.entered else None
        if (self.removed or not self.entered) and chance.random() < 0.5:
            return None
        content = bytearray(self.content)
        share = chance.choice((0.1, 0.5, 0.9, 1))
        for event in self.pending:
            for part in _sectors(event):
                if chance.random() < share:
                    _apply(content, part)
        return bytes(content)


def _sectors(event: Event) -> Iterator[Event]:
    if event.call != "pwrite64":
        yield event
        return
    at, data = event.offset, event.data
    while data:
        size = SECTOR - at % SECTOR
        yield Event(event.call, event.path, data[:size], at)
        at, data = at + size, data[size:]


def _apply(content: bytearray, event: Event) -> None:
    if event.call == "ftruncate":
        del content[event.offset :]
        content.extend(bytes(event.offset - len(content)))
        return
    end = event.offset + len(event.data)
    content.extend(bytes(max(end - len(content), 0)))
    content[event.offset : end] = event.data


class Disk:
    """The files of a state directory as a trace goes on, and what its callers were told."""

    def __init__(self, state: Path) -> None:
        self._state = str(state)
        self.files: defaultdict[str, File] = defaultdict(File)
        self.accepted: set[str] = set()
        self.ended: set[str] = set()
        self._asked: dict[tuple[str, int], m.FromWorker] = {}
        self._heard: defaultdict[str, Splitter[m.FromWorker]] = defaultdict(
            lambda: Splitter(m.FromWorker)
        )
        self._said: defaultdict[str, Splitter[m.ToWorker]] = defaultdict(
            lambda: Splitter(m.ToWorker)
        )

    def follow(self, event: Event) -> bool:
        """Take in what happened; whether something is synced now that was not."""
        call, path = event.call, event.path
        if call == "recvfrom":
            for asked in self._heard[path].feed(event.data):
                if isinstance(asked, m.Accept | m.Report):
                    self._asked[path, asked.number] = asked
        elif call == "sendto":
            for said in self._said[path].feed(event.data):
                self._note(path, said)
        elif call in ("fdatasync", "fsync"):
            self._sync(path)
            return True
        elif os.path.dirname(path) == self._state:
            self._change(event)
        return False

    def _note(self, path: str, said: m.ToWorker) -> None:
        if isinstance(said, m.Stored):
            asked = self._asked[path, said.number]
            assert isinstance(asked, m.Accept)
            self.accepted.add(asked.run.id)
        elif isinstance(said, m.Reported) and said.kept:
            asked = self._asked[path, said.number]
            assert isinstance(asked, m.Report)
            self.ended.add(asked.result.run)

    def _sync(self, path: str) -> None:
        if path != self._state:
            self.files[path].sync()
            return
        for name, file in list(self.files.items()):
            file.entered = True
            if file.removed:
                del self.files[name]

    def _change(self, event: Event) -> None:
        file = self.files[event.path]
        if event.call == "unlink":
            file.removed = True
        elif event.call == "openat":
            if file.removed:
                self.files[event.path] = File()
        else:
            file.pending.append(event)

    def left(self, chance: random.Random | None) -> dict[str, bytes]:
        """The files after a power cut now, by name; see `File.left`."""
        found = {os.path.basename(path): file.left(chance) for path, file in self.files.items()}
        return {name: content for name, content in found.items() if content is not None}
