"""References to secrets that lead nowhere, as the server would see them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from gateway.language.codes import CODES
from gateway.language.diagnostic import Diagnostic, Place
from gateway.language.findings import Findings
from gateway.language.outcome import ReadHook
from gateway.language.references import Kind, written_references
from gateway.language.source import Source
from gateway.language.yaml12 import Document, Steps, documents
from gateway.runtime.secret import SecretStore

CODE = "missing-secret"


def unresolved(
    sources: Sequence[Source],
    hooks: Sequence[ReadHook],
    kinds: Collection[Kind],
    secrets: Path | None,
) -> Iterator[Diagnostic]:
    """A finding for each place of `hooks` that refers, in one of `kinds`, to a secret that is
    missing, empty or cannot be read. `secrets` is where files are looked for.
    """
    store = SecretStore(secrets)
    places = _Places(sources)
    for hook in hooks:
        for kind, name, steps in written_references(hook.spec):
            if kind in kinds and (problem := store.cell(kind, name).problem):
                yield Diagnostic(
                    file=hook.file,
                    place=places.of(hook, steps),
                    severity=CODES[CODE].severity,
                    code=CODE,
                    message=problem,
                    hint=f"its value belongs into {secrets}/{name}" if kind == "secret" else "",
                    hook=hook.spec.name,
                )


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
