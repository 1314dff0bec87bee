"""A generation from what the leader decided: only what is new is compiled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import structlog

from gateway.compile.hook import Hook
from gateway.reload.messages import Loaded, Refused, Resolved
from gateway.reload.turns import Turns
from gateway.runtime.runtime import Runtime
from gateway.serve.generation import Generation, Served

_log = structlog.get_logger("gateway.reload")


class Builder:
    """Compiles hooks and keeps them for as long as a generation has them."""

    def __init__(self, runtime: Runtime, turns: Turns) -> None:
        self._runtime = runtime
        self._turns = turns
        self._loaded: dict[int, Loaded] = {}
        self._served: dict[tuple[int, bool], Served] = {}
        self.problems: list[str] = []
        """What the last build could not do, in words."""

    def learn(self, hooks: tuple[Loaded, ...]) -> None:
        """Hooks that a generation will name by their numbers."""
        self._loaded.update((hook.number, hook) for hook in hooks)

    def forget_all_but(self, numbers: tuple[int, ...]) -> None:
        """The leader sends again what a generation did not have."""
        self._loaded = {number: self._loaded[number] for number in numbers}

    def build(self, resolved: Resolved) -> Generation:
        """The generation; whatever it raises, nothing that serves has changed."""
        self.problems = []
        served: dict[tuple[int, bool], Served] = {}
        with self._turns.taken():
            generation = Generation(
                resolved.number,
                resolved.digest,
                self._each(resolved, served),
                resolved.diagnostics,
            )
        generation.loaded_at = datetime.fromtimestamp(resolved.loaded_at, UTC)
        self._served = served
        return generation

    def _each(self, resolved: Resolved, served: dict[tuple[int, bool], Served]) -> Iterator[Served]:
        """Every hook, one at a time; those that serve are put into `served`."""
        for number in resolved.hooks:
            self._turns.rest()
            stale = number in resolved.stale
            served[number, stale] = self._serve(number, stale)
            yield served[number, stale]
        yield from map(_refused, resolved.refused)

    def _serve(self, number: int, stale: bool) -> Served:
        known = self._served.get((number, stale))
        if known is not None:
            return known
        hook = self._loaded[number]
        other = self._served.get((number, not stale))
        if other is not None:
            return msgspec.structs.replace(other, stale=stale)
        spec = hook.spec
        new = Served(spec.name, spec.route, spec.answered, hook.file, None, stale, spec.enabled)
        return self._compiled(hook, new) if spec.enabled else new

    def _compiled(self, hook: Loaded, new: Served) -> Served:
        """A hook that cannot be compiled stays as it was, or is out of service where it was not
        there; every other hook serves.
        """
        try:
            return msgspec.structs.replace(
                new, running=Hook(hook.spec, self._runtime, _places(hook))
            )
        except Exception as error:
            _log.exception("a hook cannot be compiled", hook=new.name, file=new.file)
            self.problems.append(f"hook '{new.name}' of {new.file} cannot be compiled: {error}")
        for before in self._served.values():
            if (before.name, before.file, before.route) == (new.name, new.file, new.route):
                return msgspec.structs.replace(before, stale=True)
        return new


def _places(hook: Loaded) -> dict[str, str]:
    """Where each condition is written, as text that every log can hold."""
    file = hook.file.encode("utf-8", "backslashreplace").decode()
    return {condition: f"{file}:{line}" for condition, line in hook.lines.items()}


def _refused(hook: Refused) -> Served:
    return Served(hook.name, hook.route, hook.methods, hook.file, None)
