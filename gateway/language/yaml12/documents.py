"""The events of a file, put together to documents without recursion."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import yaml

from gateway.language.findings import Findings
from gateway.language.yaml12.characters import decode
from gateway.language.yaml12.events import events
from gateway.language.yaml12.keys import fault_of, is_key
from gateway.language.yaml12.scalars import resolve, shortened
from gateway.language.yaml12.tree import UNREADABLE, Document, Node, event_place

MAX_DEPTH = 64
MAX_DOCUMENTS = 1000
"""Documents of one file that are read, empty ones too: reading takes time for each."""


class _BrokenOffError(Exception):
    """The rest of the file is of no use; the finding has been made."""


class _Frame:
    """A collection that is still open, and in a mapping the key that waits for its value."""

    __slots__ = ("attach", "key", "node", "waiting")

    def __init__(self, node: Node) -> None:
        self.node = node
        self.waiting = False
        self.key: Any = None
        self.attach = True


def documents(data: bytes, findings: Findings) -> list[Document]:
    """The documents of a file that hold anything; whatever else is wrong becomes a finding."""
    text = decode(data, findings)
    if text is None:
        return []
    reader = _Reader(text, findings)
    reader.read()
    return reader.documents


class _Reader:
    def __init__(self, text: str, findings: Findings) -> None:
        self._text = text
        self.documents: list[Document] = []
        self._findings = findings
        self._index = 0
        self._errors_before = findings.errors
        self._stack: list[_Frame] = []
        self._root: Node | None = None

    def read(self) -> None:
        event = None
        with suppress(_BrokenOffError):
            for event in events(self._text, self._findings):
                self._take(event)
        if _runs_on(event):
            self._forget_last()
        self._finish_document(complete=False)

    def _take(self, event: Any) -> None:
        handle = _HANDLERS.get(type(event))
        if handle is not None:
            handle(self, event)

    def _forget_last(self) -> None:
        """The last scalar has swallowed lines of what could not be read: judge it no further."""
        frame = self._stack[-1] if self._stack else None
        if frame is None and self._root is not None:
            self._root.value = UNREADABLE
        elif frame is not None and isinstance(frame.node.children, list):
            frame.node.value[-1] = UNREADABLE
        elif frame is not None and not frame.waiting and frame.attach:
            frame.node.value[frame.key.value] = UNREADABLE

    def _document_start(self, event: Any) -> None:
        if self._index >= MAX_DOCUMENTS:
            self._findings.add(
                "too-many-documents",
                event_place(event),
                f"the file has more than {MAX_DOCUMENTS} documents; the gateway ignores the rest",
                "put the hooks into several files",
            )
            raise _BrokenOffError
        if event.version not in (None, (1, 2)) or event.tags:
            self._findings.add(
                "directive",
                event_place(event),
                "the only directive in a hook file is %YAML 1.2",
                "remove the lines that start with '%'",
            )

    def _document_end(self, _event: Any) -> None:
        self._finish_document(complete=True)

    def _finish_document(self, complete: bool) -> None:
        root = self._stack[0].node if self._stack else self._root
        if root is not None and not _is_empty(root):
            sound = complete and self._findings.errors == self._errors_before
            self.documents.append(Document(self._index, root, complete, sound, self._text))
        self._index += 1
        self._errors_before = self._findings.errors
        self._root = None
        self._stack.clear()

    def _scalar(self, event: Any) -> None:
        self._refuse_properties(event)
        value = event.value
        if event.implicit[0] and event.tag is None:
            try:
                value = resolve(value)
            except ValueError as error:
                hint = "for text, write it in quotes"
                self._findings.add("number-range", event_place(event), str(error), hint)
                value = UNREADABLE
        self._complete(Node(value, event))

    def _alias(self, event: Any) -> None:
        self._findings.add(
            "alias",
            event_place(event),
            f"'*{shortened(event.anchor)}' is an alias",
            "write the value itself",
        )
        self._complete(Node(UNREADABLE, event))

    def _sequence(self, event: Any) -> None:
        self._open(event, Node([], event, []))

    def _mapping(self, event: Any) -> None:
        self._open(event, Node({}, event, {}))

    def _open(self, event: Any, node: Node) -> None:
        self._refuse_properties(event)
        if len(self._stack) >= MAX_DEPTH:
            self._findings.add(
                "too-deep", event_place(event), f"values are nested deeper than {MAX_DEPTH}"
            )
            raise _BrokenOffError
        self._stack.append(_Frame(node))

    def _close(self, event: Any) -> None:
        node = self._stack.pop().node
        node.end = event
        self._complete(node)

    def _complete(self, node: Node) -> None:
        if not self._stack:
            self._root = node
            return
        frame = self._stack[-1]
        if isinstance(frame.node.children, list):
            frame.node.children.append(node)
            frame.node.value.append(node.value)
        elif frame.waiting:
            frame.waiting = False
            if frame.attach:
                frame.node.children[frame.key.value] = (frame.key, node)
                frame.node.value[frame.key.value] = node.value
        else:
            frame.waiting, frame.key = True, node.start
            frame.attach = self._is_key(node, frame.node.children)

    def _is_key(self, node: Node, siblings: dict[str, tuple[Any, Node]]) -> bool:
        if is_key(node, siblings):
            return True
        if (fault := fault_of(node, siblings)) is not None:
            code, message, hint = fault
            self._findings.add(code, event_place(node.start), message, hint)
        return False

    def _refuse_properties(self, event: Any) -> None:
        if event.anchor is not None:
            self._findings.add(
                "alias",
                event_place(event),
                f"'&{shortened(event.anchor)}' is an anchor",
                "remove it, and write values where they are used",
            )
        if event.tag is not None:
            tag = _short_tag(event.tag)
            hint = "remove it; for text, write quotes"
            if tag in ("!secret", "!env"):
                hint = "write {secret: NAME} or {env: NAME}"
            self._findings.add("tag", event_place(event), f"'{shortened(tag)}' is a tag", hint)


_HANDLERS: dict[type, Any] = {
    yaml.DocumentStartEvent: _Reader._document_start,
    yaml.DocumentEndEvent: _Reader._document_end,
    yaml.ScalarEvent: _Reader._scalar,
    yaml.AliasEvent: _Reader._alias,
    yaml.SequenceStartEvent: _Reader._sequence,
    yaml.MappingStartEvent: _Reader._mapping,
    yaml.SequenceEndEvent: _Reader._close,
    yaml.MappingEndEvent: _Reader._close,
}


def _runs_on(event: Any) -> bool:
    """Whether an event is a plain scalar of several lines."""
    plain = isinstance(event, yaml.ScalarEvent) and not event.style
    return bool(plain and event.start_mark.line != event.end_mark.line)


def _is_empty(node: Node) -> bool:
    return node.value is None and not node.start.value


def _short_tag(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")
