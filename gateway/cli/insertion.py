"""A token's digest put into the text of a hook file: everything that stood there stays."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from msgspec import UNSET

from gateway.language.spec import Hook
from gateway.language.yaml12 import Document, Node

LISTS = {"bearer": "tokens", "api-key": "keys"}
"""Type of authentication → the key of its list of credentials."""

_BREAK = re.compile(r"\r\n|\r|\n")
_BLANK = re.compile(r"[ \t]*(#[^\r\n]*)?")
_COMMA = re.compile(r"(?:[ \t\r\n]|#[^\r\n]*+)*+,")


class Insertion(NamedTuple):
    """Text, and before which character of the file it goes."""

    offset: int
    text: str


def insertions(text: str, document: Document, spec: Hook, digest: str) -> list[Insertion]:
    """What makes the token with this digest open a hook without authentication, or one that has
    a list of digests. `text` is that of the whole file, without a byte order mark.
    """
    layout = _Layout(text)
    entry = f"sha256: {digest}"
    if spec.authentication is UNSET:
        return [layout.before_workflow(document.root, entry)]
    authentication = document.root.children["authentication"][1]
    name = LISTS[authentication.value["type"]]
    entries: Node = authentication.children[name][1]
    if entries.start.flow_style:
        return layout.into_brackets(entries, entry)
    return [layout.below_the_last(entries, entry)]


def inserted(text: str, found: list[Insertion]) -> str:
    """The text with the insertions in it."""
    for one in reversed(found):
        text = text[: one.offset] + one.text + text[one.offset :]
    return text


class _Layout:
    """Lines of a text, counted from 0, and how they are broken."""

    def __init__(self, text: str) -> None:
        breaks = list(_BREAK.finditer(text))
        self._text = text
        self._break = breaks[0][0] if breaks else "\n"
        self._starts = [0, *(found.end() for found in breaks)]
        self._ends = [*(found.start() for found in breaks), len(text)]

    def below_the_last(self, entries: Node, entry: str) -> Insertion:
        """A line of its own for an entry of a list of dashes."""
        line = " " * entries.start.start_mark.column + f"- {entry}"
        end = entries.children[-1].offsets[1]
        if end in self._starts:  # a block scalar ends where the next line begins
            return Insertion(end, line + self._break)
        return Insertion(self._ends[self._line(end)], self._break + line)

    def into_brackets(self, entries: Node, entry: str) -> list[Insertion]:
        """An entry of a list in brackets: on a line of its own where the last one has one."""
        begin, end = entries.children[-1].offsets
        indent = self._text[self._starts[self._line(begin)] : begin]
        comma = _COMMA.match(self._text, end)
        behind = comma.end() if comma else end
        stop = self._ends[self._line(behind)]
        if indent.strip() or not _BLANK.fullmatch(self._text, behind, stop):
            return [Insertion(end, f", {{{entry}}}")]
        line = self._break + indent + f"{{{entry}}}"
        if comma:
            return [Insertion(stop, line + ",")]
        return [Insertion(end, ","), Insertion(stop, line)]

    def before_workflow(self, root: Node, entry: str) -> Insertion:
        """The whole of `authentication`, before `workflow` and the comment above it."""
        key = root.children["workflow"][0].start_mark
        if root.start.flow_style:
            block = f"authentication: {{type: bearer, tokens: [{{{entry}}}]}}, "
            return Insertion(key.index, block)
        indent = " " * root.start.start_mark.column
        lines = ["authentication:", "  type: bearer", "  tokens:", f"    - {entry}"]
        before = self._above_comment(key.line, self._end_before(root), indent)
        if before and not self._written(before - 1).strip():
            lines.append("")
        block = self._break.join((indent + line).rstrip() for line in lines)
        return Insertion(self._starts[before], block + self._break)

    def _end_before(self, root: Node) -> int:
        """The line on which the value before `workflow` ends, or its own: what stands at the head
        of a document is not taken for a comment on its first key.
        """
        end = root.children["workflow"][0].start_mark.index
        for name, (_, value) in root.children.items():
            if name == "workflow":
                break
            end = value.offsets[1]
        return self._line(end)

    def _above_comment(self, line: int, end: int, indent: str) -> int:
        while line - 1 > end and self._written(line - 1).startswith(indent + "#"):
            line -= 1
        return line

    def _line(self, offset: int) -> int:
        return bisect_right(self._starts, offset) - 1

    def _written(self, line: int) -> str:
        return self._text[self._starts[line] : self._ends[line]]
