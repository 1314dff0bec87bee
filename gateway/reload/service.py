"""Which hooks are in service: what a worker says of them, and what the log says for all workers."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import structlog

from gateway.language.diagnostic import Diagnostic
from gateway.reload.messages import Loaded, Unwell, WorkerState
from gateway.reload.numbering import Current

if TYPE_CHECKING:
    from gateway.serve.generation import Generation

MOST = 20
"""Names in one line, and lines for one change; what is beyond is counted."""
_log = structlog.get_logger("gateway.reload")

Key = tuple[str, str]
"""A hook's name and its file."""


def unwell(generation: Generation | None) -> tuple[Unwell, ...]:
    """The hooks that are out of service now, each with its reason."""
    return () if generation is None else tuple(dict.fromkeys(_unwell(generation)))


def _unwell(generation: Generation) -> Iterator[Unwell]:
    errors: dict[Key, Diagnostic] = {}
    for found in generation.diagnostics:
        if found.severity == "error":
            errors.setdefault((found.hook, found.file), found)
            errors.setdefault(("", found.file), found)
    for hook in generation.hooks:
        if hook.state == "out of service":
            error = errors.get((hook.name, hook.file)) or errors.get(("", hook.file))
            if hook.problems or error is None:
                problems, remedies = "; ".join(hook.problems), "; ".join(hook.remedies)
                yield Unwell(hook.name, hook.file, problems, remedies)
            else:
                yield Unwell(hook.name, hook.file, f"{error.where}: {error.message}", error.hint)


class Events(NamedTuple):
    """What is said of a bad state of hooks: when it begins, when it ends, and of too many."""

    begins: str
    ends: str
    more: str


OUT = Events(
    "hook is out of service",
    "hook is back in service",
    "more hooks went out of service or came back",
)
STALE = Events(
    "hook is stale",
    "hook is no longer stale",
    "more hooks became stale or are no longer stale",
)


class ServiceLog:
    """What serves, told once for all workers: a line for each generation, and one for each hook
    that goes out of service or becomes stale, and when that is over.
    """

    def __init__(self) -> None:
        self._out = _Spells(OUT)
        self._stale = _Spells(STALE)
        self._served: Mapping[int, Loaded] = {}

    def tell_generation(
        self, current: Current, states: Sequence[WorkerState], noticed: float
    ) -> None:
        """All workers have taken over a generation or rejected it; the change was `noticed` then
        (monotonic).
        """
        resolved = current.resolved
        rejecting = [state.worker for state in states if state.rejects(resolved.number)]
        if rejecting:
            hint = "the previous hooks stay in service"
            event = "generation is not served"
            _log.error(event, generation=resolved.number, workers=rejecting, hint=hint)
            return
        changed = changes(self._served, current.loaded)
        self._served = current.loaded
        _log.info(
            "generation is served",
            generation=resolved.number,
            digest=resolved.digest[:12],
            hooks=len(resolved.hooks),
            stale=len(resolved.stale),
            out_of_service=len(_all(states)),
            **changed,
            workers=len(states),
            milliseconds=round((time.monotonic() - noticed) * 1000),
        )

    def tell(self, states: Sequence[WorkerState], current: Current) -> None:
        """All workers have taken over the current generation, or have looked again."""
        enabled = {n: _key(one) for n, one in current.loaded.items() if one.spec.enabled}
        here = frozenset(enabled.values())
        causes = current.causes
        stale = {key: _stale(key, causes[n]) for n, key in enabled.items() if n in causes}
        self._out.tell(_all(states), here)
        self._stale.tell(stale, here)


class _Spells:
    """Hooks that are in a bad state for a while."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._known: Mapping[Key, Unwell] = {}

    def tell(self, now: Mapping[Key, Unwell], here: Collection[Key]) -> None:
        """Log what is new. `here` are the hooks that are there and enabled."""
        begun = [one for key, one in now.items() if key not in self._known]
        over = [key for key in self._known if key not in now and key in here]
        self._known = now
        for one in begun[:MOST]:
            said = {"hook": one.hook, "file": one.file, "reason": one.problem, "hint": one.hint}
            _log.warning(self._events.begins, **said)
        for hook, file in over[:MOST]:
            _log.info(self._events.ends, hook=hook, file=file)
        if more := len(begun[MOST:]) + len(over[MOST:]):
            _log.warning(self._events.more, count=more)


def _key(loaded: Loaded) -> Key:
    return loaded.spec.name, loaded.file


def _stale(key: Key, cause: Diagnostic | None) -> Unwell:
    if cause is None:
        return Unwell(*key, "the hooks directory cannot be used")
    return Unwell(*key, f"{cause.where}: {cause.message}", cause.hint)


def _all(states: Iterable[WorkerState]) -> dict[Key, Unwell]:
    return {(one.hook, one.file): one for state in states for one in state.unwell}


def changes(before: Mapping[int, Loaded], after: Mapping[int, Loaded]) -> dict[str, list[str]]:
    """The names of hooks that were added, changed and removed, at most `MOST` of each."""
    old, new = _numbers(before), _numbers(after)
    found = {
        "added": [name for name in new if name not in old],
        "changed": [name for name in new if name in old and new[name] != old[name]],
        "removed": [name for name in old if name not in new],
    }
    return {kind: _bounded(names) for kind, names in found.items()}


def _numbers(loaded: Mapping[int, Loaded]) -> dict[str, int]:
    return {hook.spec.name: number for number, hook in loaded.items()}


def _bounded(names: list[str]) -> list[str]:
    more = len(names) - MOST
    return names if more <= 0 else [*names[:MOST], f"and {more} more"]
