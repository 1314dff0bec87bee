"""A generation from what the leader decided: only what is new is compiled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from gateway.compile.hook import Hook
from gateway.language.internal import internal
from gateway.reload.messages import Loaded, OddSecret, Refused, Resolved
from gateway.reload.odd_secrets import OddSecretFinder
from gateway.reload.turns import Turns
from gateway.runtime.runtime import Runtime
from gateway.serve.generation import Generation
from gateway.serve.served import Served

Key = tuple[int, bool]
"""A hook's number, and whether it is stale."""


class Builder:
    """Compiles hooks and keeps them for as long as a generation has them."""

    def __init__(self, runtime: Runtime, turns: Turns) -> None:
        self._runtime = runtime
        self._turns = turns
        self._loaded: dict[int, Loaded] = {}
        self._served: dict[Key, Served] = {}
        self._odd_secrets = OddSecretFinder(runtime.secrets, turns)
        self.missing = 0
        """How many hooks of the last generation never arrived."""

    def learn(self, hooks: tuple[Loaded, ...]) -> None:
        """Hooks that a generation will name by their numbers."""
        self._loaded.update((hook.number, hook) for hook in hooks)

    def forget_all_but(self, numbers: tuple[int, ...]) -> None:
        """The leader sends again what a generation did not have."""
        known = self._loaded
        self._loaded = {number: known[number] for number in numbers if number in known}

    def build(self, resolved: Resolved) -> Generation:
        """The generation; whatever it raises, nothing that serves has changed."""
        with self._turns.taken():
            served = dict(self._each(resolved))
            generation = Generation(
                resolved.number,
                resolved.digest,
                (*served.values(), *map(_refused, resolved.refused)),
                resolved.diagnostics,
                self._turns.rest,
            )
        generation.loaded_at = datetime.fromtimestamp(resolved.loaded_at, UTC)
        self._served = served
        self.missing = len(resolved.hooks) - len(served)
        return generation

    def odd_secrets(self, changed: bool) -> tuple[OddSecret, ...]:
        """The secrets that are probably wrong, of the hooks that the last generation has; `changed`
        says that secrets have new values.
        """
        if changed:
            self._odd_secrets.changed()
        return self._odd_secrets.find(self._loaded)

    def _each(self, resolved: Resolved) -> Iterator[tuple[Key, Served]]:
        """Every hook that serves, one at a time."""
        for number in filter(self._loaded.__contains__, resolved.hooks):
            self._turns.rest()
            stale = number in resolved.stale
            yield (number, stale), self._serve(number, stale)

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
            what = f"hook '{new.name}' cannot be compiled"
            fault = internal(what, error, file=new.file, hook=new.name)
        for before in self._served.values():
            if _whose(before) == _whose(new) and before.running:
                return msgspec.structs.replace(before, stale=True, fault=fault)
        return msgspec.structs.replace(new, fault=fault)


def _whose(hook: Served) -> tuple[object, ...]:
    """Equal for two versions of a hook that answer the same requests."""
    return hook.name, hook.file, hook.route, hook.methods


def _places(hook: Loaded) -> dict[str, str]:
    """Where each condition is written, as text that every log can hold."""
    file = hook.file.encode("utf-8", "backslashreplace").decode()
    return {condition: f"{file}:{line}" for condition, line in hook.lines.items()}


def _refused(hook: Refused) -> Served:
    return Served(hook.name, hook.route, hook.methods, hook.file, None)
