"""What editors offer: examples as snippets, and every `type` where one is to be written.

yaml-language-server and VS Code complete `defaultSnippets`; an example that is a mapping is shown
by them as `[object Object]`. Of the branches of an `anyOf` they offer only the values of the one
that fits best, so that all values of the key that tells branches apart stand in an `allOf` beside
them. Neither keyword refuses a value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from gateway.language.schema.tidy import Schema

_PLAIN = re.compile(
    r"(?!(?:true|false|null)$)[A-Za-z][A-Za-z0-9_./-]*(?:(?: |:(?! ))[A-Za-z0-9_./-]+)*"
    r"|\d+(?:ms|s|m|h|d|KiB|MiB)|\d+/\d+(?:ms|s|m|h|d)|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    re.ASCII,
)
"""Texts that need no quotes in YAML."""
_VALUES = ("enum", "const", "examples", "default")


def with_snippets(schema: Any, definitions: Schema) -> Any:
    """The same schema, for people who write in an editor."""
    if isinstance(schema, list):
        return [with_snippets(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {
        key: value if key in _VALUES else with_snippets(value, definitions)
        for key, value in schema.items()
        if not (key == "default" and value in ("", [], {}))
    }
    return _with_types(_with_examples(parts), definitions)


def _with_examples(schema: Schema) -> Schema:
    """With the mappings among the examples as snippets."""
    examples: Any = schema.get("examples", ())
    mappings = [one for one in examples if isinstance(one, dict)]
    if not mappings:
        return schema
    rest = [one for one in examples if not isinstance(one, dict)]
    others = {key: value for key, value in schema.items() if key != "examples"}
    named = schema.get("title", "") if len(examples) == 1 else ""
    snippets = [
        {"label": _tag(schema, one) or named or _flow(one), "body": _body(one)} for one in mappings
    ]
    return {**others, **({"examples": rest} if rest else {}), "defaultSnippets": snippets}


def _tag(schema: Schema, example: dict[str, Any]) -> str:
    """What tells an example from those of other branches; `type: none` where that is all of it."""
    tags = [tag for tag in _tags(schema) if tag[0] in example]
    if not tags:
        return ""
    ((key, value),) = tags
    return f"{key}: {value}" if len(example) == 1 else value


def _with_types(schema: Schema, definitions: Schema) -> Schema:
    """With every value of the key that tells the branches of an `anyOf` apart."""
    types: dict[str, list[Any]] = {}
    for branch in schema.get("anyOf", ()):
        resolved = definitions.get(branch.get("$ref", "").rpartition("/")[2], branch)
        for key, value in _tags(resolved):
            snippet = {"label": value, "description": resolved["description"], "body": value}
            types.setdefault(key, []).append(snippet)
    offered = {key: {"defaultSnippets": snippets} for key, snippets in types.items()}
    return {**schema, "allOf": [{"properties": offered}]} if offered else schema


def _tags(schema: Schema) -> Iterator[tuple[str, str]]:
    for key, part in schema.get("properties", {}).items():
        if "const" in part:
            yield key, part["const"]


def _body(value: Any) -> Any:
    """A value as the body of a snippet: its texts are YAML, with `$` and `\\` escaped."""
    if isinstance(value, dict):
        return {_text(key): _body(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_body(part) for part in value]
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> str:
    return re.sub(r"([\\$])", r"\\\1", _scalar(text))


def _scalar(value: Any) -> str:
    plain = isinstance(value, str) and _PLAIN.fullmatch(value)
    return value if plain else json.dumps(value, ensure_ascii=False)


def _flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    return f"[{', '.join(map(_flow, value))}]" if isinstance(value, list) else _scalar(value)
