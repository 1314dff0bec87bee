"""From a hooks directory to the generation that should serve; nothing that fails changes it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from functools import partial

import msgspec
import structlog

from gateway.culprits import sound_part
from gateway.language.diagnostic import Diagnostic
from gateway.language.internal import START, internal
from gateway.language.source import Source
from gateway.reload.kept import Keeper
from gateway.reload.lookout import places_of
from gateway.reload.numbering import Current, Numbering
from gateway.reload.readings import Readings
from gateway.reload.resolve import Adopted, Files, Resolution, has_errors, resolve
from gateway.reload.settle import QUIET, Look, look, settle
from gateway.reload.snapshot import Looker, Places, Snapshot
from gateway.settings import Settings

PATIENCE = 2.0
"""Seconds that a look waits for files which are slow to read."""
LAST = "to remove the last hook, restore its file and write 'enabled: false' into it"
"""What to do where somebody has deleted the last file: an empty directory may be an accident."""
_log = structlog.get_logger("gateway.reload")


class Loader:
    """Looks at the hooks directory, until it stands still for `quiet` seconds, and decides what
    serves.

    `current` is what serves, None before there is anything; `problem` says in words why what is
    in the directory cannot be used at all; `places` are what to watch for the next change;
    `noticed` is when the last change was (monotonic). `patience` is for how many seconds a look
    waits for files that are slow to read, None for as long as they take.
    """

    def __init__(self, settings: Settings, quiet: float = QUIET) -> None:
        self.current: Current | None = None
        self.problem = ""
        self.places = Places()
        self.noticed = time.monotonic()
        self.patience: float | None = PATIENCE
        self._root = str(settings.hooks)
        self._quiet = quiet
        self._looker = Looker(settings.hooks)
        self.readings = Readings()
        self._numbering = Numbering()
        self._keeper = Keeper(settings.state, settings.hooks)
        self._seen: str | None = None
        self._files: Files = {}
        self._unkept = False
        self._late = False
        self._told: frozenset[Diagnostic] = frozenset()

    @property
    def problems(self) -> tuple[str, ...]:
        """What an operator should know, in words."""
        return tuple(problem for problem in (self.problem, self._keeper.problem) if problem)

    def load(self, fresh: bool = False) -> bool:
        """Look, and decide what serves from now on. Whether that is a new generation.

        `fresh`: every byte is read again, whatever the file system says about changes, and so is
        a file whose reading was given up.
        """
        again = fresh and self.readings.retry()
        if self._seen is None:
            self._files = self._restored()
        found = look(self._looker, fresh)
        if found.digest != self._seen:
            self.noticed = time.monotonic()
            found = settle(self._looker, found, self.readings.read_until, self._quiet)
        self.places = found.snapshot.places if found.snapshot else places_of(self._root)
        news = again or self.readings.news
        if found.digest == self._seen and not (found.snapshot and news):
            return False
        self._seen = found.digest
        self._late = self._late or again
        try:
            return self._decide(found)
        except Exception as error:
            self.problem = f"the hooks in {self._root} cannot be loaded: {error!r}"
            raise

    def keep(self) -> None:
        """Keep what is good in the state directory, where that is not done yet."""
        if self._unkept:
            good = tuple(one.source for one in self._files.values() if not one.partial)
            self._unkept = not self._keeper.save(good)

    def _restored(self) -> Files:
        """What was good before a restart, as if it served."""
        files: dict[str, Adopted] = {}
        for source in self._keeper.load():
            reading = self.readings.read(source)
            if reading.hooks and not has_errors(reading.diagnostics):
                files[source.name] = Adopted(source, reading.hooks)
        return files

    def _decide(self, found: Look) -> bool:
        if found.snapshot is None:
            return self._refuse(found.problem)
        self.readings.forget_all_but(found.snapshot)
        if self._is_served(found.snapshot):
            self._accept()
            return False
        resolution = self._resolve(self._in_time(found.snapshot))
        if resolution.empty and self._late and not self._files:
            return False
        if resolution.empty and (self._files or not resolution.files):
            self._tell(resolution.diagnostics)
            problem = _without_hooks(self._root, resolution.diagnostics)
            return self._refuse(problem, "" if resolution.diagnostics else LAST)
        self._accept()
        self._use(resolution, found.snapshot.digest)
        self._unkept = True
        self._tell(resolution.diagnostics)
        return True

    def _is_served(self, snapshot: Snapshot) -> bool:
        current = self.current
        return current is not None and not self._late and snapshot.digest == current.resolved.digest

    def _in_time(self, snapshot: Snapshot) -> Snapshot:
        """What could be read in time; a file that is late counts as unreadable until it is read,
        and then there is another look.
        """
        late = self.readings.late(snapshot, self.patience)
        self._late = bool(late)
        return msgspec.structs.replace(
            snapshot,
            sources=tuple(one for one in snapshot.sources if one not in late),
            unreadable=(*snapshot.unreadable, *map(_being_read, late)),
        )

    def _resolve(self, snapshot: Snapshot) -> Resolution:
        """What serves; a file with which nothing could be decided counts as unreadable."""
        decide = partial(resolve, prior=self._files, read=self.readings.read)
        try:
            return decide(snapshot.sources, snapshot.unreadable)
        except Exception:
            attempt = partial(decide, unreadable=snapshot.unreadable)
            sound, culprits = sound_part(snapshot.sources, attempt)
        faults = [
            internal("the file cannot be loaded", error, file=source.name)
            for source, error in culprits
        ]
        return decide(sound, (*snapshot.unreadable, *faults))

    def _use(self, resolution: Resolution, digest: str) -> None:
        self._files = resolution.files
        self.current = self._numbering.number(resolution, digest)

    def _accept(self) -> None:
        if self.problem:
            _log.info("the hooks directory is usable again", hooks=self._root)
        self.problem = ""

    def _refuse(self, problem: str, remedy: str = "") -> bool:
        """Nothing of the directory can be used: what runs keeps running, and what was good
        before a restart runs again; `remedy` says how it would end.
        """
        hint = "no hook is served until the directory contains a valid one"
        if self.current or self._files:
            hint = "; ".join(filter(None, ("the previous hooks stay in service", remedy)))
        _log.error(problem, hint=hint)
        self.problem = problem
        if self.current or not self._files:
            return False
        stale = {
            name: msgspec.structs.replace(one, stale=True) for name, one in self._files.items()
        }
        self._use(Resolution(stale), "")
        return True

    def _tell(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        """Log what was not found before."""
        for found in diagnostics:
            if found not in self._told:
                log = _log.error if found.severity == "error" else _log.warning
                log(found.message, code=found.code, place=found.where, hint=found.hint)
        self._told = frozenset(diagnostics)


def _being_read(source: Source) -> Diagnostic:
    return Diagnostic(
        file=source.name,
        place=START,
        severity="warning",
        code="slow-file",
        message="the file is still being read; its hooks do not change until then",
        hint="a file with fewer hooks takes less time",
    )


def _without_hooks(root: str, diagnostics: Iterable[Diagnostic]) -> str:
    errors = [f"{one.where}: {one.message}" for one in diagnostics if one.severity == "error"]
    return "; ".join([f"there is no hook in {os.path.join(root, '')}", *errors[:3]])
