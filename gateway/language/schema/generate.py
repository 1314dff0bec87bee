"""The whole schema, put together."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import msgspec

from gateway.language.schema.hints import (
    description,
    hints_of,
    paragraph,
    sentence,
    structs,
    words,
)
from gateway.language.schema.snippets import with_snippets
from gateway.language.schema.tidy import Schema, Tidier, reference
from gateway.language.spec import OPERATORS, Condition, Elements, Hook, Match, Operators
from gateway.language.spec.base import Written
from gateway.language.spec.match import Ordered
from gateway.language.spec.workflow import Parameter

SCHEMA_ID = "https://webhook-gateway.dev/schemas/hook.schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

_UNIONS: dict[Any, tuple[str, ...]] = {
    Ordered: ("string", "number"),
    Parameter: ("string", "number", "boolean"),
}
_INTENDED = ["string", "number", "boolean", "array", "null"]


@cache
def hook_schema() -> dict[str, Any]:
    """The schema of one YAML document. The same object every time: do not change it."""
    tidier = Tidier()
    _, components = msgspec.json.schema_components(
        [Hook, Operators], schema_hook=_extend, ref_template="#/$defs/{name}"
    )
    definitions: Schema = {}
    for name, struct in structs().items():
        definitions[name] = _struct(struct, tidier.tidy(components[name]))
        if struct is Match:
            definitions["Condition"] = _condition()
        if struct is Operators:
            definitions |= {"Elements": _elements(), "ElementPaths": _paths()}
    definitions |= {name: _scalar(name, schema) for name, schema in tidier.scalars.items()}
    whole: Schema = {
        "$schema": DIALECT,
        "$id": SCHEMA_ID,
        "title": "Hook of the webhook gateway",
        "description": "One YAML document, a URL that starts a workflow.",
        **reference("Hook"),
        "$defs": definitions,
    }
    return whole


def editor_schema() -> dict[str, Any]:
    """The same schema with what editors offer. It refuses the same values."""
    schema: dict[str, Any] = with_snippets(hook_schema(), hook_schema()["$defs"])
    return schema


def schema_text() -> str:
    """The schema as `schemas/hook.schema.json` holds it."""
    return json.dumps(editor_schema(), indent=2, ensure_ascii=False) + "\n"


def _extend(kind: type) -> Schema:
    if kind in (Condition, Elements):
        return reference(kind.__name__)
    kinds = _UNIONS[kind]
    return {"anyOf": [{"type": one} for one in kinds]}


def _struct(struct: type[Written], schema: Schema) -> Schema:
    schema |= {"title": words(struct.__name__), "description": paragraph(struct)}
    hints = hints_of(struct)
    for field in msgspec.structs.fields(struct):
        if said := description(hints[field.name]):
            schema["properties"][field.encode_name]["description"] = said
    tag = struct.__struct_config__.tag
    if tag is not None:
        kind = {"const": tag, "description": paragraph(struct)}
        schema["properties"][struct.__struct_config__.tag_field] = kind
    if struct.EXACTLY_ONE:
        schema["oneOf"] = [{"required": [key]} for key in struct.EXACTLY_ONE]
    if struct.AT_LEAST_ONE:
        schema["minProperties"] = 1
    if struct.EXAMPLES:
        schema["examples"] = list(struct.EXAMPLES)
    return schema


def _scalar(name: str, schema: Schema) -> Schema:
    return {"title": words(name), **schema, "description": sentence(schema["description"])}


def _condition() -> Schema:
    return {
        "title": "Condition",
        "description": "An expected value of the same JSON type, or operators, all of which must "
        "hold.",
        "anyOf": [{"type": _INTENDED}, reference("Operators")],
        "examples": ["Paris", {"gte": 100}],
    }


def _elements() -> Schema:
    return {
        "title": "Elements",
        "description": "A condition on an element of the array: an expected value, operators, or "
        "paths inside the element with their conditions.",
        "anyOf": [{"type": _INTENDED}, reference("Operators"), reference("ElementPaths")],
        "examples": ["B", {"prefix": "B-"}, {"sku": "B", "count": {"gte": 2}}],
    }


def _paths() -> Schema:
    return {
        "title": "Element paths",
        "description": "Parameters inside the element and their conditions. Write a path that "
        "has the name of an operator as a JSON Pointer, such as `/eq`.",
        "type": "object",
        "propertyNames": {"allOf": [reference("ParameterPath"), {"not": {"enum": [*OPERATORS]}}]},
        "additionalProperties": reference("Condition"),
        "minProperties": 1,
        "examples": [{"sku": "B", "count": {"gte": 2}}],
    }
