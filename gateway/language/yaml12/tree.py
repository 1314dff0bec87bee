"""Values with the places where they stand, which are worked out only when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from gateway.language.diagnostic import Place
from gateway.language.literals import constant
from gateway.language.yaml12.inner import inner_place, is_cut

Steps = tuple[str | int, ...]
"""The way from a document's root to a value: keys and indexes."""


class _Unreadable:
    """Stands where the author wrote something that has a finding already."""

    def __repr__(self) -> str:
        return "…"


UNREADABLE: Final = _Unreadable()


class Node:
    """A value, the events it came from, and its children.

    `children` is None for a scalar, a list for a sequence, and for a mapping a dict from keys to
    (the key's event, the value's node).
    """

    __slots__ = ("children", "end", "start", "value")

    def __init__(self, value: Any, start: Any, children: Any = None) -> None:
        self.value = value
        self.start = start
        self.end = start
        self.children = children

    @property
    def place(self) -> Place:
        """From the first character of the value to its last; empty for a value left out."""
        return _span(self.start.start_mark, self._last())

    @property
    def offsets(self) -> tuple[int, int]:
        """The same as characters from the beginning of the text, the byte order mark left out."""
        return self.start.start_mark.index, self._last().index

    def _last(self) -> Any:
        node, before = self, self.start
        while not _closed(node.end) and node.children:
            last = next(reversed(node.children))
            before, node = (
                node.children[last] if isinstance(node.children, dict) else (before, last)
            )
        # What was left out stands at the beginning of the next token, lines further down.
        return (node.end if _closed(node.end) else before).end_mark


def _closed(end: Any) -> bool:
    """Whether an end has a character of its own; that of a block has none."""
    return bool(end.start_mark.index != end.end_mark.index)


def _span(start: Any, end: Any) -> Place:
    return Place(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def event_place(event: Any) -> Place:
    """Where an event of PyYAML stands."""
    return _span(event.start_mark, event.end_mark)


class Document:
    """One YAML document.

    `complete` is false when the file broke off inside it; so is `sound` when it has an error.
    `text` is that of the whole file.
    """

    __slots__ = ("complete", "index", "root", "sound", "text")

    def __init__(self, index: int, root: Node, complete: bool, sound: bool, text: str) -> None:
        self.text = text
        self.index = index
        self.root = root
        self.complete = complete
        self.sound = sound

    @property
    def value(self) -> Any:
        """The document as plain dicts, lists and scalars."""
        return self.root.value

    def with_literals(self, places: Sequence[Steps]) -> Any:
        """The same, in which booleans and null below some places keep the text they have there."""
        value = self.value
        for steps in places:
            if (node := _at(self.root, steps)) is not None:
                value = _replaced(value, steps, _with_literals(node))
        return value

    def value_place(self, steps: Steps) -> Place:
        """Where a value stands, or as much of the way to it as there is.

        A value that was left out (`key:`) has no characters: its key stands for it.
        """
        node, key = self.root, None
        for step in steps:
            if (found := _child(node, step)) is None:
                break
            key, node = found
        place = node.place
        if key is not None and (place.line, place.column) == (place.end_line, place.end_column):
            return event_place(key)
        return place

    def line(self, steps: Steps) -> int:
        """The line on which a value begins that is not left out."""
        node = _at(self.root, steps)
        line: int = (node or self.root).start.start_mark.line
        return line + 1

    def inner_place(self, steps: Steps, inner: tuple[int, int]) -> Place:
        """Where a part of a scalar stands, given by offsets in its value; where that cannot be
        told, the place of the scalar.
        """
        node = _at(self.root, steps)
        found = None
        if node is not None and isinstance(node.value, str):
            found = inner_place(self.text, node.start, node.value, inner)
        return found or self.value_place(steps)

    def is_cut(self, steps: Steps, comment: str = "#") -> bool:
        """Whether a text without quotes ends at a comment that begins so."""
        node = _at(self.root, steps)
        return node is not None and node.children is None and is_cut(self.text, node.start, comment)

    def key_place(self, steps: Steps) -> Place:
        """Where the key stands that is the last of `steps`; for an index, the element."""
        node, key = self.root, None
        for step in steps:
            if (found := _child(node, step)) is None:
                return node.place
            key, node = found
        return node.place if key is None else event_place(key)


def _at(node: Node, steps: Steps) -> Node | None:
    for step in steps:
        children = node.children
        found = children.get(step) if type(children) is dict else _child(node, step)
        if found is None:
            return None
        node = found[1]
    return node


def _replaced(value: Any, steps: Steps, new: Any) -> Any:
    """A copy of nested dicts with another value at the end of a way that is there."""
    if not steps:
        return new
    return {**value, steps[0]: _replaced(value[steps[0]], steps[1:], new)}


def _with_literals(node: Node) -> Any:
    """Recursive, as values are not nested deeper than the reader allows."""
    if isinstance(node.children, dict):
        return {key: _with_literals(child) for key, (_, child) in node.children.items()}
    if isinstance(node.children, list):
        return [_with_literals(child) for child in node.children]
    if node.value is None or isinstance(node.value, bool):
        return constant(node.value, node.start.value)
    return node.value


def _child(node: Node, step: str | int) -> tuple[Any, Node] | None:
    children = node.children
    if isinstance(children, dict):
        found: tuple[Any, Node] | None = children.get(step)
        return found
    if isinstance(children, list) and isinstance(step, int) and step < len(children):
        return None, children[step]
    return None
