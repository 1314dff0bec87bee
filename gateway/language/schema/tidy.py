"""msgspec's schemas, rearranged for those who read them: editors, `explain`, people."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.language.schema.hints import choices, named_scalars

Schema = dict[str, Any]

_LIMITS = ("pattern", "format", "minLength", "maxLength")
_TYPES = ("string", "number", "integer", "boolean", "array", "object", "null")


def reference(name: str) -> Schema:
    """A reference to a definition."""
    return {"$ref": f"#/$defs/{name}"}


class Tidier:
    """Rewrites schemas in place of their definitions; one instance for one run."""

    def __init__(self) -> None:
        self.scalars = {name: msgspec.json.schema(kind) for name, kind in named_scalars().items()}
        self._names = {_limits(schema): name for name, schema in self.scalars.items()}
        self._choices = choices()

    def tidy(self, schema: Schema) -> Schema:
        """The same schema: shorter, its scalars named, its choices in the written order."""
        schema = {key: self._part(key, value) for key, value in schema.items()}
        schema.pop("discriminator", None)
        if not schema.get("required", True):
            del schema["required"]
        if "anyOf" in schema:
            _merge(schema)
        if "enum" in schema:
            written = self._choices.get(frozenset(schema["enum"]))
            schema |= {"type": "string", "enum": list(written or schema["enum"])}
        return self._named(schema)

    def _part(self, key: str, value: Any) -> Any:
        if key == "properties":
            return {name: self.tidy(part) for name, part in value.items()}
        if key in ("anyOf", "oneOf", "allOf"):
            return [self.tidy(part) for part in value]
        if key in ("items", "additionalProperties", "propertyNames") and isinstance(value, dict):
            return self.tidy(value)
        return value

    def _named(self, schema: Schema) -> Schema:
        """With a reference in place of what a named scalar says."""
        name = self._names.get(_limits(schema))
        if name is None:
            return schema
        scalar = self.scalars[name]
        own = {
            key: value
            for key, value in schema.items()
            if key not in (*_LIMITS, "type") and scalar.get(key) != value
        }
        return {**reference(name), **own}


def _limits(schema: Schema) -> tuple[Any, ...] | None:
    """What tells scalars apart; None for a schema that is no limited text."""
    found = tuple(schema.get(key) for key in _LIMITS)
    return found if any(found[:2]) else None


def _merge(schema: Schema) -> None:
    """Flatten `anyOf`, and write branches that are nothing but a type as one."""
    branches = [part for one in schema["anyOf"] for part in _branches(one)]
    types = {one["type"] for one in branches if one.keys() == {"type"}}
    if "number" in types:
        types.discard("integer")
    rest = [one for one in branches if one.keys() != {"type"}]
    plain = [kind for kind in _TYPES if kind in types]
    if plain:
        rest.insert(0, {"type": plain if len(plain) > 1 else plain[0]})
    if len(rest) == 1:
        del schema["anyOf"]
        schema |= rest[0]
    else:
        schema["anyOf"] = rest


def _branches(schema: Schema) -> list[Schema]:
    return schema["anyOf"] if schema.keys() == {"anyOf"} else [schema]
