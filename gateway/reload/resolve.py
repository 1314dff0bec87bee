"""What serves after a look: each file as it is now, or as it last was good."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from gateway.language.diagnostic import Diagnostic
from gateway.language.outcome import BrokenHook, ReadHook, Reading
from gateway.language.source import Source
from gateway.language.together import check_together
from gateway.reload.claims import Claim, claims, settle_claims

Read = Callable[[Source], Reading]


class Adopted(msgspec.Struct, frozen=True):
    """A file that serves. `hooks` are those that do; `partial` says that others of it do not:
    it had errors when nothing better was known. `stale`: the file was changed since, and the
    change has errors.
    """

    source: Source
    hooks: tuple[ReadHook, ...]
    broken: tuple[BrokenHook, ...] = ()
    partial: bool = False
    stale: bool = False

    @property
    def names(self) -> set[str]:
        """The names of the hooks that serve."""
        return {hook.spec.name for hook in self.hooks}


Files = Mapping[str, Adopted]


class Resolution(msgspec.Struct, frozen=True):
    """What serves, by file, and everything that was found."""

    files: Files = {}
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether no hook is there that runs or could."""
        return not any(one.hooks for one in self.files.values())


def resolve(
    sources: Iterable[Source], unreadable: Iterable[Diagnostic], prior: Files, read: Read
) -> Resolution:
    """Decide for each file whether it serves as it is or stays as it was.

    `prior` is what serves now, empty at a cold start. A file with errors stays as it was, and so
    does one that claims what a hook of another file has; without something to stay with, its
    sound hooks serve and the others are out of service. A file that is gone is removed.
    """
    readings = {source.name: (source, read(source)) for source in sources}
    unreadable = tuple(unreadable)
    prior = _renamed(readings, prior)
    files = {
        name: _adopt(source, reading, prior.get(name))
        for name, (source, reading) in readings.items()
    }
    files |= {name: _kept(one) for name, one in prior.items() if _cannot_be_read(name, unreadable)}
    files, conflicts = _without_conflicts(files, prior)
    found = [*unreadable]
    for _, reading in readings.values():
        found += reading.diagnostics
    return Resolution(dict(sorted(files.items())), tuple(dict.fromkeys((*found, *conflicts))))


def _adopt(source: Source, reading: Reading, before: Adopted | None) -> Adopted:
    new = Adopted(source, reading.hooks, reading.broken, has_errors(reading.diagnostics))
    return _kept(before) if before and _loses(new, before) else new


def _loses(new: Adopted, before: Adopted) -> bool:
    """Whether a file should stay as it was: it has errors, and there is something to lose."""
    return new.partial and (not before.partial or not before.names <= new.names)


def _kept(before: Adopted) -> Adopted:
    return msgspec.structs.replace(before, stale=True)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether anything found is more than a warning."""
    return any(found.severity == "error" for found in diagnostics)


def _cannot_be_read(name: str, unreadable: tuple[Diagnostic, ...]) -> bool:
    """Whether a file, or a directory above it, is there and cannot be read."""
    return any(is_of(one, name) for one in unreadable)


def is_of(found: Diagnostic, name: str) -> bool:
    """Whether something was found in a file, or of a directory above it."""
    return name == found.file or name.startswith(found.file + "/")


def _renamed(readings: Mapping[str, tuple[Source, Reading]], prior: Files) -> Files:
    """A file that is new and broken takes the place of one that is gone and had its hooks."""
    gone = {
        hook.spec.name: name
        for name, one in prior.items()
        if name not in readings
        for hook in one.hooks
    }
    if not gone:
        return prior
    moved = dict(prior)
    for name, (_, reading) in readings.items():
        if name in prior or not has_errors(reading.diagnostics):
            continue
        for broken in reading.broken:
            if (before := gone.get(broken.name)) in moved:
                moved[name] = moved.pop(str(before))
                break
    return moved


def _without_conflicts(
    files: dict[str, Adopted], prior: Files
) -> tuple[dict[str, Adopted], list[Diagnostic]]:
    """Settle who has which name and path; whoever loses stays as it was, which may give another
    conflict, until there is none. What serves now is without conflicts, so this ends.
    """
    owners = owners_of(prior.values())
    found: list[Diagnostic] = []
    while True:
        hooks = [hook for _, one in sorted(files.items()) for hook in one.hooks]
        found += check_together(hooks)
        _, lost = settle_claims(hooks, owners)
        if not lost:
            return files, found
        files = files | _settled(files, prior, lost)


def _settled(files: Files, prior: Files, lost: list[ReadHook]) -> dict[str, Adopted]:
    losers = {id(hook) for hook in lost}
    settled = {}
    for name, one in files.items():
        if not any(id(hook) in losers for hook in one.hooks):
            continue
        new = msgspec.structs.replace(
            one,
            hooks=tuple(hook for hook in one.hooks if id(hook) not in losers),
            broken=(*one.broken, *(_lost(hook) for hook in one.hooks if id(hook) in losers)),
            partial=True,
        )
        before = prior.get(name)
        keep = before is not None and not one.stale and _loses(new, before)
        settled[name] = _kept(before) if before is not None and keep else new
    return settled


def _lost(hook: ReadHook) -> BrokenHook:
    """A hook whose path is another's: it has none."""
    return BrokenHook(hook.file, hook.document, hook.spec.name)


def owners_of(files: Iterable[Adopted]) -> dict[Claim, str]:
    """The file that has each claim."""
    return {claim: hook.file for one in files for hook in one.hooks for claim in claims(hook.spec)}
