"""Values that the JSON Schema allows, and some that it does not quite."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st

from gateway.language.explain.validator import resolved
from gateway.language.schema import hook_schema

_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
_DECIMALS = st.floats(allow_nan=False, allow_infinity=False).map(lambda one: Decimal(repr(one)))
_NUMBERS = st.integers(-(2**63), 2**64 - 1) | _DECIMALS
_SCALARS = st.none() | st.booleans() | _NUMBERS | _TEXT
_ANYTHING = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=5,
)
_INSTANTS = st.sampled_from(["2027-01-31T00:00:00Z", "1970-01-01T00:00:00.5+14:00"])
_DEPTH = 4
"""Elements are made of elements: below this many, they are plain values."""
_RULES = 4
"""Rules are made of rules, two steps for each: below this many, they are conditions."""


@cache
def hooks() -> st.SearchStrategy[dict[str, Any]]:
    """Documents that the schema accepts."""
    return _of(hook_schema(), 0)


@st.composite
def near_hooks(draw: st.DrawFn) -> Any:
    """Documents that the schema accepts, with one place of them replaced, removed or added."""
    value = copy.deepcopy(draw(hooks()))
    places = [(value, key) for key in value]
    for container, key in places:
        places += [(container[key], inner) for inner in _keys(container[key])]
    container, key = draw(st.sampled_from(places))
    match draw(st.sampled_from(["replace", "remove", "add"])):
        case "replace":
            container[key] = draw(_ANYTHING)
        case "remove":
            del container[key]
        case _ if isinstance(container, dict):
            container[draw(_TEXT | st.sampled_from(_words()))] = draw(_ANYTHING)
        case _:
            container.append(draw(_ANYTHING))
    return value


def _keys(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value
    elif isinstance(value, list):
        yield from range(len(value))


@cache
def _words() -> list[str]:
    """Every key that the language has somewhere."""
    structs = hook_schema()["$defs"].values()
    return sorted({key for struct in structs for key in struct.get("properties", ())})


def _of(schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    schema = resolved(schema)
    if schema.get("title") == "Elements" and depth > _DEPTH:
        return st.just("B")
    if schema.get("title") == "Rule":
        plain = st.just({"query": {"a": "1"}})
        return plain if depth > _RULES else plain | _mappings(schema, depth)
    if "anyOf" in schema:
        return st.one_of([st.deferred(_later(branch, depth + 1)) for branch in schema["anyOf"]])
    if "const" in schema or "enum" in schema:
        return st.sampled_from(schema.get("enum", [schema.get("const")]))
    kinds = schema.get("type", "anything")
    if isinstance(kinds, list):
        return st.one_of([_of({"type": kind}, depth) for kind in kinds])
    return _KINDS[kinds](schema, depth)


def _later(schema: dict[str, Any], depth: int) -> Callable[[], st.SearchStrategy[Any]]:
    return lambda: _of(schema, depth)


def _texts(schema: dict[str, Any], _depth: int) -> st.SearchStrategy[str]:
    if "format" in schema:
        return _INSTANTS
    if "pattern" in schema:
        pattern = schema["pattern"].removesuffix(r"(?!\n)").removesuffix("$") + r"\Z"
        # YAML has no text for half a surrogate pair.
        made = st.from_regex(pattern, alphabet=st.characters(codec="utf-8"))
        return made.filter(lambda text: len(text) <= schema.get("maxLength", 64))
    return st.text(st.characters(codec="utf-8"), min_size=schema.get("minLength", 0), max_size=12)


def _whole(schema: dict[str, Any], _depth: int) -> st.SearchStrategy[int]:
    return st.integers(schema.get("minimum", 0), schema.get("maximum", 100))


def _lists(schema: dict[str, Any], depth: int) -> st.SearchStrategy[list[Any]]:
    entries = _of(schema.get("items", {}), depth + 1)
    return st.lists(
        entries, min_size=schema.get("minItems", 0), max_size=min(3, schema.get("maxItems", 3))
    )


def _mappings(schema: dict[str, Any], depth: int) -> st.SearchStrategy[dict[str, Any]]:
    if "properties" not in schema:
        return _named(schema, depth)
    properties = {key: _of(part, depth + 1) for key, part in schema["properties"].items()}
    exclusive = [branch["required"][0] for branch in schema.get("oneOf", ())]
    if exclusive:
        return st.one_of([_struct(schema, properties, exclusive, only) for only in exclusive])
    return _struct(schema, properties)


def _struct(
    schema: dict[str, Any],
    properties: dict[str, Any],
    exclusive: list[str] | None = None,
    only: str = "",
) -> st.SearchStrategy[dict[str, Any]]:
    required = {*schema.get("required", ()), only} - {""}
    optional = properties.keys() - required - set(exclusive or ())
    made = st.fixed_dictionaries(
        {key: properties[key] for key in properties if key in required},
        optional={key: properties[key] for key in properties if key in optional},
    )
    return made.filter(bool) if schema.get("minProperties") else made


def _named(schema: dict[str, Any], depth: int) -> st.SearchStrategy[dict[str, Any]]:
    names = schema.get("propertyNames", {})
    keys = _of(names.get("allOf", [names])[0], depth) if names else _TEXT
    if "allOf" in names:
        operators = names["allOf"][1]["not"]["enum"]
        keys = keys.filter(lambda key: key not in operators)
    values = _of(schema.get("additionalProperties") or {}, depth + 1)
    return st.dictionaries(keys, values, min_size=schema.get("minProperties", 0), max_size=2)


def _anything(_schema: dict[str, Any], _depth: int) -> st.SearchStrategy[Any]:
    return _ANYTHING


_KINDS: dict[str, Callable[[dict[str, Any], int], st.SearchStrategy[Any]]] = {
    "anything": _anything,
    "array": _lists,
    "boolean": lambda _schema, _depth: st.booleans(),
    "integer": _whole,
    "null": lambda _schema, _depth: st.none(),
    "number": lambda _schema, _depth: _NUMBERS,
    "object": _mappings,
    "string": _texts,
}
