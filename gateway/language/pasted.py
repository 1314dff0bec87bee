"""Secrets that were pasted where a reference belongs, and that YAML reads as keys or as notation of
its own: `password: {hunter2}`, `tokens: [*hunter2]`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gateway.language.diagnostic import Diagnostic, Place
from gateway.language.private import values_in
from gateway.language.secret_words import holds_secret, is_word
from gateway.language.withheld import QUOTING
from gateway.language.yaml12 import Document, Node

At = tuple[int, int]
"""A line and a column."""


class Pasted:
    """What may be a secret in the well-formed part of a file, however it is written there."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._keys: set[At] = set()
        self._spans: list[tuple[At, At]] = []
        for document in documents:
            for key, node in values_in(document.root):
                if holds_secret(key):
                    place = node.place
                    self._spans.append((_start(place), (place.end_line, place.end_column)))
                    self._keys.update(_unknown_keys(node))

    @property
    def lines(self) -> frozenset[int]:
        """The numbers of the lines with keys that may be secrets."""
        return frozenset(line for line, _ in self._keys)

    def is_quoted_by(self, found: Diagnostic) -> bool:
        """Whether a finding may quote a secret."""
        at = _start(found.place)
        if found.code in QUOTING:
            return any(start <= at <= end for start, end in self._spans)
        return at in self._keys


def _start(place: Place) -> At:
    return place.line, place.column


def _unknown_keys(node: Node) -> Iterator[At]:
    if isinstance(node.children, dict):
        for name, (event, _) in node.children.items():
            if not is_word(name):
                yield event.start_mark.line + 1, event.start_mark.column + 1
