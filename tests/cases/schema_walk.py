"""The way of a value through the schema: which of its parts it satisfies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gateway.language.explain.validator import resolved, validator
from gateway.language.findings import Findings
from gateway.language.schema import hook_schema
from gateway.language.source import Source
from gateway.language.yaml12 import documents

Step = tuple[str, Any]
"""The path of a part of the schema, such as `#/$defs/Hook/properties/name`, and a value for it."""


_VALUES = ("examples", "default", "enum", "const", "required")


def parts(schema: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema inside a schema, with its path."""
    if isinstance(schema, list):
        for index, part in enumerate(schema):
            yield from parts(part, f"{path}/{index}")
    if isinstance(schema, dict):
        yield path, schema
        for key, value in schema.items():
            if key not in _VALUES:
                yield from parts(value, f"{path}/{key}")


def choices(schema: Any, path: str) -> Iterator[Step]:
    """Every value of every `enum` and `const` that a hook may have."""
    for where, part in parts(schema, path):
        if "/not" not in where:
            for value in part.get("enum", [part["const"]] if "const" in part else []):
                yield where, value


def steps(sources: list[Source]) -> Iterator[Step]:
    """Every step of every hook of these files."""
    for source in sources:
        for document in documents(source.data, Findings(source.name)):
            yield from _steps(hook_schema(), document.value, "#")


def _steps(schema: dict[str, Any], value: Any, path: str) -> Iterator[Step]:
    yield path, value
    if "$ref" in schema:
        yield from _steps(resolved(schema), value, f"#/$defs/{schema['$ref'].rpartition('/')[2]}")
        return
    for index, branch in enumerate(schema.get("anyOf", ())):
        if validator().evolve(schema={**branch, "$defs": hook_schema()["$defs"]}).is_valid(value):
            yield from _steps(branch, value, f"{path}/anyOf/{index}")
    if isinstance(value, list) and "items" in schema:
        for entry in value:
            yield from _steps(schema["items"], entry, f"{path}/items")
    if isinstance(value, dict):
        yield from _inside(schema, value, path)


def _inside(schema: dict[str, Any], mapping: dict[str, Any], path: str) -> Iterator[Step]:
    known, others = schema.get("properties", {}), schema.get("additionalProperties")
    for key, value in mapping.items():
        if key in known:
            yield from _steps(known[key], value, f"{path}/properties/{key}")
        elif isinstance(others, dict):
            yield from _steps(others, value, f"{path}/additionalProperties")
