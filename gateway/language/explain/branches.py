"""Which of several forms an author meant: by its `type`, its JSON type, its keys."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.language.explain.validator import resolved
from gateway.language.values import kind_of
from gateway.language.yaml12 import UNREADABLE


def branch_of(branches: list[dict[str, Any]], value: Any) -> int | None:
    """The index of the branch that was meant; None when none takes a value of this type."""
    fitting = [index for index, branch in enumerate(branches) if accepts_type(branch, value)]
    if not fitting:
        return None
    return max(fitting, key=lambda index: _likeness(resolved(branches[index]), value))


class Tag(msgspec.Struct, frozen=True):
    """The key that tells branches apart, its values, and what is the matter with it."""

    name: str
    values: list[str]
    missing: bool
    wrong: bool


def tags_of(branches: list[dict[str, Any]]) -> tuple[str, list[str]]:
    """The key that tells branches apart and its values; without values where none has one."""
    tags = [tag for branch in branches for tag in _tag(resolved(branch))]
    return (tags[0][0] if tags else ""), [value for _, value in tags]


def tagged(branches: list[dict[str, Any]], tag: str) -> dict[str, Any]:
    """The branch with this tag."""
    found = (resolved(branch) for branch in branches)
    return next(branch for branch in found if tag in (value for _, value in _tag(branch)))


def tag_of(branches: list[dict[str, Any]], value: Any) -> Tag | None:
    """The tag of a mapping; None where the branches have none or the value is no mapping."""
    name, values = tags_of(branches)
    if not values or not isinstance(value, dict):
        return None
    missing = name not in value
    return Tag(name, values, missing, wrong=not missing and value[name] not in values)


def likely_tag(branch: dict[str, Any], value: dict[str, Any]) -> str:
    """The tag of a branch that knows a key of the mapping; empty for one that knows none."""
    schema = resolved(branch)
    return _tag(schema)[0][1] if _likeness(schema, value) and _tag(schema) else ""


def _tag(schema: dict[str, Any]) -> list[tuple[str, str]]:
    properties = schema.get("properties", {})
    return [(name, part["const"]) for name, part in properties.items() if "const" in part]


def accepts_type(schema: dict[str, Any], value: Any) -> bool:
    """Whether a schema takes values of this one's JSON type."""
    schema = resolved(schema)
    if "anyOf" in schema:
        return any(accepts_type(branch, value) for branch in schema["anyOf"])
    kinds = _as_list(schema.get("type", ()))
    return any(kind in kinds for kind in _kinds_of(value))


def _kinds_of(value: Any) -> tuple[str, ...]:
    """The types of JSON Schema that a value has."""
    if value is UNREADABLE:
        return ()
    kind = kind_of(value)
    return ("integer", "number") if kind == "number" and isinstance(value, int) else (kind,)


def _as_list(kinds: Any) -> list[str]:
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _likeness(schema: dict[str, Any], value: Any) -> float:
    """How many of a mapping's keys a branch knows; a branch that takes any key knows half of one.

    A tag that agrees outweighs all keys.
    """
    if not isinstance(value, dict):
        return 0
    if any(value.get(name) == tag for name, tag in _tag(schema)):
        return len(value) + 1
    properties = schema.get("properties")
    return 0.5 if properties is None else sum(key in properties for key in value)
