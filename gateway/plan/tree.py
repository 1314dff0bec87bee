"""One of the two sides of a plan: hooks, and where everything in them stands."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.language.diagnostic import Diagnostic
from gateway.language.findings import Findings
from gateway.language.outcome import ReadHook
from gateway.language.read import read
from gateway.language.source import Source
from gateway.language.yaml12 import Document, Steps, documents
from gateway.plan.change import Position


class Tree:
    """The hooks of some sources. `title` is how people call it; `root` is what the names of all
    sources begin with, so that the same file of two trees is recognised.
    """

    def __init__(self, title: str, root: str, sources: Sequence[Source]) -> None:
        self.title = title
        self.sources = tuple(sources)
        self.reading = read(sources)
        self._root = root
        self._data = {source.name: source.data for source in sources}
        self._documents: dict[str, dict[int, Document]] = {}

    @property
    def hooks(self) -> tuple[ReadHook, ...]:
        """All hooks; where there are errors, some are missing."""
        return self.reading.hooks

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The findings with which nothing can be said about a change."""
        return tuple(one for one in self.reading.diagnostics if one.severity == "error")

    def file(self, hook: ReadHook) -> str:
        """The hook's file, seen from the root."""
        return hook.file.removeprefix(self._root)

    def position(self, hook: ReadHook, steps: Steps) -> Position:
        """Where a part of a hook is written, or as much of the way to it as there is."""
        document = self._document(hook)
        known = isinstance(document.value, dict) and steps[0] in document.value
        place = document.key_place(steps) if known else hook.place
        return Position(hook.file, place.line, place.column)

    def _document(self, hook: ReadHook) -> Document:
        """Looked up only for what has changed: files are read again for it."""
        if hook.file not in self._documents:
            found = documents(self._data[hook.file], Findings(hook.file))
            self._documents[hook.file] = {one.index: one for one in found}
        return self._documents[hook.file][hook.document]
