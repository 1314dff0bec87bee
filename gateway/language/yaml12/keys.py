"""What can be a key of a mapping: text, once."""

from __future__ import annotations

from typing import Any

from gateway.language.yaml12.scalars import shortened
from gateway.language.yaml12.tree import UNREADABLE, Node, event_place

Fault = tuple[str, str, str]
"""Code, message and hint."""


def is_key(node: Node, siblings: dict[str, Any]) -> bool:
    """Whether a node can be a key beside those that are there."""
    value = node.value
    return isinstance(value, str) and value not in siblings and not _is_merge(node)


def fault_of(node: Node, siblings: dict[str, Any]) -> Fault | None:
    """Why a node is no key; None where it has a finding already."""
    if node.value is UNREADABLE:
        return None
    if _is_merge(node):
        return "merge-key", "'<<' is a merge key", "write the keys themselves"
    text = getattr(node.start, "value", None)
    if isinstance(node.value, str):
        first = event_place(siblings[node.value][0])
        hint = f"it is already on line {first.line}; remove one of them"
        return "duplicate-key", f"'{shortened(node.value)}' appears twice", hint
    what = f"'{shortened(text)}' is" if text else "this is"
    message = f"a key must be text; {what} {_kind(node.value)}"
    return "key-not-text", message, _hint(node.value, text)


def _is_merge(node: Node) -> bool:
    return bool(node.value == "<<" and node.start.implicit[0])


def _hint(value: Any, text: str | None) -> str:
    if isinstance(value, dict):
        return "write a name; if a tool replaces '{{ … }}', check its output"
    return f'write it in quotes: "{shortened(text)}"' if text else "write a name"


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case dict():
            return "a mapping"
        case list():
            return "a list"
    return "a number"
