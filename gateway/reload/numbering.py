"""From files to what the workers are told: hooks by number, so that only news are sent."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from itertools import count

import msgspec

from gateway.language.diagnostic import Diagnostic
from gateway.language.notation import notation
from gateway.language.outcome import BrokenHook, ReadHook
from gateway.language.routes import pattern_of
from gateway.reload.claims import Claim, claims
from gateway.reload.messages import Loaded, Refused, Resolved
from gateway.reload.resolve import Adopted, Resolution, is_of


class Current(msgspec.Struct, frozen=True):
    """What serves now, in full: `loaded` has the hooks of `resolved` by their numbers, and
    `causes` why those of them are stale that are, None where no file is the cause.
    """

    resolved: Resolved
    loaded: Mapping[int, Loaded]
    causes: Mapping[int, Diagnostic | None] = {}


class Numbering:
    """Gives each hook a number that stays the same as long as its spec and its file do."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._generations = count(1)
        self._known: dict[tuple[str, str], Loaded] = {}

    def number(self, resolution: Resolution, digest: str) -> Current:
        """The next generation."""
        loaded: dict[int, Loaded] = {}
        causes: dict[int, Diagnostic | None] = {}
        for name, adopted in resolution.files.items():
            cause = _cause(name, resolution.diagnostics) if adopted.stale else None
            for hook in self._loaded(adopted):
                loaded[hook.number] = hook
                if adopted.stale:
                    causes[hook.number] = cause
        self._known = {(hook.file, hook.spec.name): hook for hook in loaded.values()}
        resolved = Resolved(
            next(self._generations),
            digest,
            time.time(),
            tuple(loaded),
            frozenset(causes),
            tuple(_refused(resolution, loaded)),
            resolution.diagnostics,
        )
        return Current(resolved, loaded, causes)

    def _loaded(self, adopted: Adopted) -> Iterator[Loaded]:
        for hook in adopted.hooks:
            known = self._known.get((hook.file, hook.spec.name))
            if known is not None and _is_as_before(hook, known):
                yield known
            else:
                yield Loaded(next(self._numbers), hook.spec, hook.file, hook.lines)


def _cause(file: str, diagnostics: tuple[Diagnostic, ...]) -> Diagnostic | None:
    """Why a file stays as it was: its first error, or why it cannot be read."""
    of_file = [one for one in diagnostics if is_of(one, file)]
    return min(of_file, key=lambda one: one.severity != "error", default=None)


def _is_as_before(hook: ReadHook, known: Loaded) -> bool:
    """Whether nothing changed, nor the lines that the log names."""
    same = known.spec is hook.spec or notation(known.spec) == notation(hook.spec)
    return same and known.lines == hook.lines


def _refused(resolution: Resolution, loaded: Mapping[int, Loaded]) -> Iterator[Refused]:
    """Hooks that do not serve. One whose path is free answers there that it is out of service."""
    taken = {claim for hook in loaded.values() for claim in claims(hook.spec)}
    for adopted in resolution.files.values():
        for broken in adopted.broken:
            free = tuple(method for method in broken.methods if _claim(method, broken) not in taken)
            taken.update(_claim(method, broken) for method in free)
            yield Refused(broken.file, broken.name, broken.route, free if broken.route else ())


def _claim(method: str, broken: BrokenHook) -> Claim:
    return method, pattern_of(broken.route)
