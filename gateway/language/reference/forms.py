"""What may stand behind a key, in a few words of Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from gateway.language.explain.sentences import either
from gateway.language.schema import hook_schema

_TYPES = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "`true`, `false`",
    "array": "list",
    "object": "mapping",
    "null": "null",
}

NONE = "\N{EN DASH}"


def form(schema: dict[str, Any]) -> str:
    """The form of a value; named forms are links to their sections."""
    return either(_forms(schema))


def _forms(schema: dict[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        yield link(schema["$ref"].rpartition("/")[2])
    elif "anyOf" in schema:
        singles = [branch for branch in schema["anyOf"] if "items" not in branch]
        lists = [branch for branch in schema["anyOf"] if "items" in branch]
        for branch in (*singles, *lists):
            same = branch.get("items") in (*singles, {"anyOf": singles})
            yield from ["a non-empty list of them"] if same else _forms(branch)
    elif "const" in schema or "enum" in schema:
        values = schema.get("enum", [schema.get("const")])
        yield from (f"`{value}`" for value in values)
    else:
        yield from _typed(schema)


def default(key: str, struct: dict[str, Any]) -> str:
    """What a key that is left out means."""
    if key in struct.get("required", ()):
        return "required"
    value = struct["properties"][key].get("default")
    return NONE if value in (None, "", [], {}) else f"`{_written(value)}`"


def cell(text: str) -> str:
    """Text that can stand in a table."""
    return text.replace("|", "\\|").replace("\n\n", " ").replace("\n", " ")


def link(name: str) -> str:
    """A link to the section of a definition."""
    title = hook_schema()["$defs"][name]["title"]
    return f"[{title}](#{anchor(title)})"


def anchor(title: str) -> str:
    """The name by which a heading can be linked to."""
    return title.lower().replace(" ", "-")


def _typed(schema: dict[str, Any]) -> Iterator[str]:
    kinds = schema.get("type")
    if kinds == "array":
        yield _list(schema)
    elif kinds == "object":
        yield _mapping(schema)
    elif isinstance(kinds, str):
        yield _TYPES[kinds] + _range(schema)
    else:
        yield from (_TYPES[kind] for kind in kinds or ())
        if not kinds:
            yield "any value"


def _list(schema: dict[str, Any]) -> str:
    inner = schema.get("items")
    least = "non-empty list" if schema.get("minItems") else "list"
    return f"{least} of {form(inner)}" if inner else least


def _mapping(schema: dict[str, Any]) -> str:
    keys, values = schema.get("propertyNames", {}), schema.get("additionalProperties")
    keys = keys.get("allOf", [keys])[0]
    words = [f"from {form(keys)}"] if keys else []
    words += [f"to {form(values)}"] if isinstance(values, dict) else []
    return " ".join(["mapping", *words])


def _range(schema: dict[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f" from {low} to {high}"
    return f", at most {schema['maxLength']} characters" if "maxLength" in schema else ""


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
