"""References to secrets, judged as the server judges them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from math import inf
from pathlib import Path
from time import time

from gateway.cli.guarded import each
from gateway.compile.needs import Prepared
from gateway.compile.secret_forms import doubts, form_of
from gateway.language.codes import CODES
from gateway.language.diagnostic import Diagnostic, Place
from gateway.language.findings import Findings
from gateway.language.outcome import ReadHook
from gateway.language.references import Kind, written_references
from gateway.language.source import Source
from gateway.language.spec import Hook
from gateway.language.yaml12 import Document, Steps, documents
from gateway.runtime.secret import Cell, SecretStore

CODE = "missing-secret"


def unresolved(
    sources: Sequence[Source],
    hooks: Sequence[ReadHook],
    kinds: Collection[Kind],
    secrets: Path | None,
) -> Iterator[Diagnostic]:
    """A finding for each place of `hooks` that refers, in one of `kinds`, to a secret that is
    missing, cannot be used, or is odd. `secrets` is where files are looked for.
    """
    store = SecretStore(secrets)
    places = _Places(sources)

    def judged(hook: ReadHook) -> list[Diagnostic]:
        return list(_unresolved(hook, kinds, store, places))

    faults: list[Diagnostic] = []
    for found in each(hooks, judged, "has secrets that cannot be judged", faults):
        yield from found
    yield from faults


def _unresolved(
    hook: ReadHook,
    kinds: Collection[Kind],
    store: SecretStore,
    places: _Places,
) -> Iterator[Diagnostic]:
    for kind, name, steps in written_references(hook.spec):
        cell = store.cell(kind, name) if kind in kinds else None
        for code, message in () if cell is None else _judged(hook.spec, steps, cell):
            yield Diagnostic(
                file=hook.file,
                place=places.of(hook, steps),
                severity=CODES[code].severity,
                code=code,
                message=message,
                hint=_hint(code, store.cell(kind, name)),
                hook=hook.spec.name,
            )


def _judged(hook: Hook, steps: Steps, cell: Cell) -> Iterator[tuple[str, str]]:
    """Code and message of what is wrong with a secret: what the server says, then doubts."""
    if problem := Prepared(cell, form_of(hook, steps), inf, time).problem:
        yield CODE, problem
    if cell.secret is not None:
        for what in doubts(hook, steps, cell.secret.reveal()):
            yield "odd-secret", f"{cell.label} {what}"


def _hint(code: str, cell: Cell) -> str:
    if code == CODE:
        return cell.remedy
    return "the whole value is the secret: check its first and last characters"


class _Places:
    """Reads a file once more when a place in it is asked for: that is seldom."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._data = {source.name: source.data for source in sources}
        self._read: dict[str, dict[int, Document]] = {}

    def of(self, hook: ReadHook, steps: Steps) -> Place:
        """Where a value of a hook stands."""
        if hook.file not in self._read:
            found = documents(self._data[hook.file], Findings(hook.file))
            self._read[hook.file] = {document.index: document for document in found}
        return self._read[hook.file][hook.document].value_place(steps)
