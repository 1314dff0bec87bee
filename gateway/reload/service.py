"""Which hooks are in service: what a worker says of them, and what the log says for all workers."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

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
                yield Unwell(hook.name, hook.file, "; ".join(hook.problems))
            else:
                place = f"{error.file}:{error.place.line}:{error.place.column}"
                yield Unwell(hook.name, hook.file, f"{place}: {error.message}", error.hint)


class ServiceLog:
    """What serves, told once for all workers: a line for each generation, and one for each hook
    that goes out of service or comes back. `secrets` is where secret files are.
    """

    def __init__(self, secrets: Path | None) -> None:
        named = f"secrets are files in {secrets}"
        self._secrets = named if secrets else "set the directory of secrets with --secrets DIR"
        self._known: dict[Key, Unwell] = {}
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
        now = _all(states)
        lost = [one for key, one in now.items() if key not in self._known]
        here = {(one.spec.name, one.file) for one in current.loaded.values() if one.spec.enabled}
        back = [key for key in self._known if key not in now and key in here]
        self._known = now
        for one in lost[:MOST]:
            self._tell_lost(one)
        for hook, file in back[:MOST]:
            _log.info("hook is back in service", hook=hook, file=file)
        if more := len(lost[MOST:]) + len(back[MOST:]):
            _log.warning("more hooks went out of service or came back", count=more)

    def _tell_lost(self, one: Unwell) -> None:
        hint = one.hint or (self._secrets if "secret '" in one.problem else "")
        event = "hook is out of service"
        _log.warning(event, hook=one.hook, file=one.file, reason=one.problem, hint=hint)


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
