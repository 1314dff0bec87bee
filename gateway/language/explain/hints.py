"""What to do about a mistake, where a machine can tell."""

from __future__ import annotations

import json
import re
from typing import Any

from gateway.language.explain.sentences import did_you_mean, quoted
from gateway.language.explain.validator import resolved

_NOT_BOOLEANS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false"}


def hint_for_key(key: str, mapping: dict[str, Any], schema: dict[str, Any]) -> str:
    """For a key that is not known here: the one that was meant, or where it belongs."""
    known = schema["properties"]
    if (home := _home(key, known)) and key not in known:
        return f"{quoted(key)} is a key of {quoted(home)}"
    if meant := did_you_mean(key, [name for name in known if name not in mapping] or known):
        return meant
    if schema["title"] == "Operators" and any(other in known for other in mapping):
        return "beside an operator there are only operators; a path stands alone, or as '/name'"
    return f"known keys: {', '.join(known)}"


def hint_for_type(value: Any, schema: dict[str, Any]) -> str:
    """For a value of the wrong type: how the right one is written."""
    schema = resolved(schema)
    kinds = _kinds(schema)
    if "boolean" in kinds and isinstance(value, str) and value.lower() in _NOT_BOOLEANS:
        return f"write {_NOT_BOOLEANS[value.lower()]}"
    if schema.get("title") == "Duration" and isinstance(value, int):
        return f"write its unit, such as {value}s"
    if isinstance(value, (bool, int, float)) and _takes_text(schema, json.dumps(value)):
        return f'write it in quotes: "{json.dumps(value)}"'
    if "array" in kinds and isinstance(value, (str, int, float)):
        return "write a list: [a, b], or a line that begins with '- ' for each entry"
    if "object" in kinds and isinstance(value, list):
        return "write 'key: value' without '- '"
    if {"integer", "number"} & kinds and isinstance(value, str) and value[:1].isdigit():
        return "write the number without quotes"
    return ""


def _takes_text(schema: dict[str, Any], text: str) -> bool:
    if "anyOf" in schema:
        return any(_takes_text(resolved(branch), text) for branch in schema["anyOf"])
    if "string" not in _kinds(schema) or "enum" in schema or "format" in schema:
        return False
    return re.search(schema.get("pattern", ""), text) is not None


def _kinds(schema: dict[str, Any]) -> set[str]:
    if "anyOf" in schema:
        return {kind for branch in schema["anyOf"] for kind in _kinds(resolved(branch))}
    kind = schema.get("type", [])
    return {kind} if isinstance(kind, str) else set(kind)


def _home(key: str, known: dict[str, Any]) -> str:
    """The sibling below which a key belongs, where there is just one."""
    homes = [name for name, part in known.items() if key in _keys_below(part)]
    return homes[0] if len(homes) == 1 else ""


def _keys_below(schema: dict[str, Any]) -> set[str]:
    branches = [resolved(branch) for branch in resolved(schema).get("anyOf", [schema])]
    return {key for branch in branches for key in branch.get("properties", ())}
