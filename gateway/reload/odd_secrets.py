"""Secrets that are probably wrong, as a worker finds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gateway.compile.secret_forms import doubts
from gateway.language.references import written_references
from gateway.language.spec import Hook
from gateway.reload.messages import Loaded, OddSecret
from gateway.reload.turns import Turns
from gateway.runtime.secret import Cell, SecretStore

Doubt = tuple[Cell, str]
"""A reference, and what is odd about its value, as the end of a sentence."""


class OddSecretFinder:
    """Judges the secrets of hooks once for each hook, and again when they have changed."""

    def __init__(self, secrets: SecretStore, turns: Turns) -> None:
        self._secrets = secrets
        self._turns = turns
        self._known: dict[int, tuple[Doubt, ...]] = {}

    def changed(self) -> None:
        """Secrets have new values."""
        self._known = {}

    def find(self, hooks: Mapping[int, Loaded]) -> tuple[OddSecret, ...]:
        """What is odd about the secrets of these hooks, in their order, by their numbers."""
        with self._turns.taken():
            known, self._known = self._known, {}
            for number, hook in hooks.items():
                self._turns.rest()
                found = known.get(number)
                self._known[number] = tuple(self._of(hook.spec)) if found is None else found
        odd: dict[Cell, list[str]] = {}
        for cell, what in dict.fromkeys(one for found in self._known.values() for one in found):
            odd.setdefault(cell, []).append(f"{cell.label} {what}")
        return tuple(OddSecret(one.label, "; ".join(odd[one]), one.remedy) for one in odd)

    def _of(self, hook: Hook) -> Iterator[Doubt]:
        for kind, name, steps in written_references(hook) if hook.enabled else ():
            cell = self._secrets.cell(kind, name)
            if cell.secret is not None:
                for what in doubts(hook, steps, cell.secret.reveal()):
                    yield cell, what
