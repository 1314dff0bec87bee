"""Documents that are no mapping are no hooks, and may be a secret that was pasted or linked."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from gateway.language.yaml12 import Document
from gateway.language.yaml12.characters import lines_of

QUOTING = frozenset(("alias", "merge-key", "tag", "duplicate-key", "key-not-text", "number-range"))
"""Codes of findings that quote what stands in a document, whatever the document is."""

# A key, a comment, nothing, or the marks of YAML and of git.
_HARMLESS = re.compile(
    r"""\s*(?:#|$|---|%YAML |[<>|=]{7}|(?:[\w.-]+|"[^"]*"|'[^']*')\s*:(?:\s|$))"""
)


def withheld_lines(
    data: bytes, documents: Sequence[Document], lines: Iterable[int]
) -> frozenset[int]:
    """Those of `lines` that must not be shown: of a document that is no mapping, or of what could
    not be read as a document and does not begin with a key.
    """
    written = lines_of(data)
    starts = [document.root.place.line for document in documents]

    def is_shown(line: int) -> bool:
        document = documents[bisect_right(starts, line) - 1] if starts else None
        if document is not None and _holds(document, line):
            return isinstance(document.root.children, dict)
        return _HARMLESS.match(written[line - 1]) is not None

    return frozenset(line for line in lines if not is_shown(line))


def _holds(document: Document, line: int) -> bool:
    """Whether a line belongs to a document. One that broke off goes on to the end of the file, but
    a text that broke off was meant as a key, and its lines are judged alone.
    """
    place = document.root.place
    if document.complete:
        return place.line <= line <= place.end_line
    return place.line <= line and document.root.children is not None
