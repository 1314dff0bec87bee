"""What to do about a mistake, where a machine can tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from gateway.language.explain.branches import accepts_type
from gateway.language.explain.sentences import closest, did_you_mean, listed, quoted
from gateway.language.explain.validator import resolved, validator
from gateway.language.literals import text_of
from gateway.language.private import is_private
from gateway.language.schema.tidy import reference
from gateway.language.spec.bounds import Bounds
from gateway.language.yaml12 import Steps
from gateway.language.yaml12.scalars import shortened

_NOT_BOOLEANS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false"}
_BOOLEANS = ("true", "false")
_REFERENCES = ("secret", "env", "sha256", "scrypt")
_OF_MAPPINGS = {
    **dict.fromkeys(
        ("Match", "Rule"),
        "write conditions under body, query, headers or path; any, all and not combine them",
    ),
    "Direct delivery": "a direct hook calls its workflow while the caller waits, and stores no "
    "runs: write type: durable",
}
_ELEMENTS = ("any", "all", "none")


def hint_for_key(key: str, mapping: dict[str, Any], schema: dict[str, Any], steps: Steps) -> str:
    """For a key that is not known at `steps`: the one that was meant, or where it belongs."""
    known = schema["properties"]
    if schema["title"] == "Operators":
        return _hint_for_operator(key, mapping, known, steps)
    if "secret" in known and is_private(mapping[key], key):
        return "write {secret: NAME} or {env: NAME}, and replace the secret: this one was exposed"
    others = [name for name in known if name not in mapping] or known
    homes = _homes(key, mapping, known)
    if homes and not _is_form_of(closest(key, others), key, mapping[key], known):
        return f"{quoted(key)} belongs below {listed(map(quoted, homes), 'or')}"
    meant = did_you_mean(key, others)
    return meant or _OF_MAPPINGS.get(schema["title"]) or f"known keys: {', '.join(known)}"


def _is_form_of(name: str, key: str, value: Any, known: dict[str, Any]) -> bool:
    """Whether a key is a known one with or without an ending, and its value fits."""
    alike = name and (key.startswith(name) or name.startswith(key))
    return bool(alike) and accepts_type(resolved(known[name]), value)


def _hint_for_operator(
    key: str, mapping: dict[str, Any], known: dict[str, Any], steps: Steps
) -> str:
    given = [other for other in mapping if other in known]
    if given and steps[-1] in _ELEMENTS:
        return (
            f"operators and paths cannot be combined; write a member named "
            f"{quoted(given[0])} as '/{given[0]}'"
        )
    if key in _REFERENCES and len(mapping) == 1:
        return (
            "a rule compares with values in the file; to compare with a secret, use "
            "`authentication`, such as `type: api-key` with `keys: [{secret: NAME}]`"
        )
    if hint := did_you_mean(key, known):
        return hint
    if not given and "body" in steps[:-1]:
        inner = _inner_path(str(steps[-1]), key, mapping[key], known)
        return f"for a parameter inside {quoted(steps[-1])} write {quoted(inner)}"
    return f"operators: {', '.join(known)}"


def _inner_path(path: str, key: str, value: Any, known: dict[str, Any]) -> str:
    """The path that a mapping inside a mapping means, as far as it is the only one."""
    path += f"/{key}" if path.startswith("/") else f".{key}"
    while isinstance(value, dict) and len(value) == 1 and not value.keys() & known.keys():
        ((key, value),) = value.items()
        path += f"/{key}" if path.startswith("/") else f".{key}"
    return path


_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?")
_UNITS = ("d", "h", "m", "s", "ms")
_UNIT = re.compile(r"[0-9]+(ms|[smhd])")


def hint_for_type(value: Any, schema: dict[str, Any], key: dict[str, Any] | None = None) -> str:
    """For a value of the wrong type: how the right one is written. `key` is what the schema of its
    key says beyond `schema`, such as its default.
    """
    schema = resolved(schema)
    kinds = _kinds(schema)
    match value:
        case str():
            return _hint_for_text(value, schema, kinds) or _below_key(value, schema)
        case bool() | int() | Decimal() | float():
            return _hint_for_number(str(text_of(value)), schema, kinds, key or {})
        case list() if len(value) == 1 and {"string", "number", "boolean"} & kinds:
            return "write only the value, without a list"
        case list() if "object" in kinds:
            return "write 'key: value' without '- '"
        case dict() if schema.get("items") == reference("Rule"):
            return "write a list: one rule after each '- '"
        case dict() if "array" in kinds:
            return "start each entry with '- '"
    return ""


def _hint_for_text(value: str, schema: dict[str, Any], kinds: set[str]) -> str:
    if "boolean" in kinds and value.lower() in _NOT_BOOLEANS:
        return f"write {_NOT_BOOLEANS[value.lower()]}"
    if "boolean" in kinds and value.lower() in _BOOLEANS:
        return f"write {value.lower()} without quotes"
    if "array" in kinds:
        return "write a list: [a, b], or a line that starts with '- ' for each entry"
    if _takes_number(schema, value):
        return "write the number without quotes"
    examples = schema.get("examples", ()) if "integer" in kinds else ()
    return f"for example {examples[0]}" if examples else ""


def _below_key(value: str, schema: dict[str, Any]) -> str:
    """For a text in place of a mapping: the key below which it may stand."""
    keys = {name: resolved(part) for name, part in schema.get("properties", {}).items()}
    for name, part in keys.items():
        if value in part.get("enum", ()):
            return f"write {{{name}: {value}}}"
    for name in schema.get("required", ()):
        listed_text = keys[name].get("type") == "array" and _takes_text(
            resolved(keys[name]["items"]), value
        )
        if listed_text and not is_private(value, name):
            return f"write {{{name}: ['{shortened(value)}']}}"
    return ""


def _hint_for_number(
    text: str, schema: dict[str, Any], kinds: set[str], key: dict[str, Any]
) -> str:
    if schema.get("title") == "Duration":
        return _hint_for_duration(text, schema, key)
    if schema.get("title") == "Rate":
        return f"write a number and a time: {text}/1m"
    if _takes_text(schema, text):
        return "write it in quotes"
    return "write a list, with brackets or '- '" if kinds == {"array"} else ""


def _hint_for_duration(text: str, schema: dict[str, Any], key: dict[str, Any]) -> str:
    """With the unit of the key's default, else with the next one that its bounds take."""
    if not _takes_text(schema, f"{text}s"):
        return ""
    bounds, default = Bounds.of(key), _UNIT.fullmatch(key.get("default", ""))
    usual = _UNITS.index(default[1] if default else "s")
    for unit in (*_UNITS[usual:], *reversed(_UNITS[:usual])):
        # Fewer milliseconds are hardly what a number without a unit means.
        if bounds.hold(f"{text}{unit}") and (unit != "ms" or int(text) >= 1000):
            return f"write its unit, such as {text}{unit}"
    return f"write it with its unit: {bounds}"


def hint_for_bounds(schema: dict[str, Any], key: dict[str, Any]) -> str:
    """For a text that is no duration: what one is, within the bounds of the key."""
    if schema.get("title") != "Duration" or not (said := str(Bounds.of(key))):
        return ""
    return f"a whole number and one of ms, s, m, h, d; {said}"


def _takes_text(schema: dict[str, Any], text: str) -> bool:
    if "anyOf" in schema:
        return any(_takes_text(resolved(branch), text) for branch in schema["anyOf"])
    if "string" not in _kinds(schema) or "enum" in schema or "format" in schema:
        return False
    return re.search(schema.get("pattern", ""), text) is not None


def _takes_number(schema: dict[str, Any], text: str) -> bool:
    if "anyOf" in schema:
        return any(_takes_number(resolved(branch), text) for branch in schema["anyOf"])
    return bool(
        {"integer", "number"} & _kinds(schema)
        and _NUMBER.fullmatch(text)
        and validator().evolve(schema=schema).is_valid(Decimal(text))
    )


def _kinds(schema: dict[str, Any]) -> set[str]:
    if "anyOf" in schema:
        return {kind for branch in schema["anyOf"] for kind in _kinds(resolved(branch))}
    kind = schema.get("type", [])
    return {kind} if isinstance(kind, str) else set(kind)


def _homes(key: str, mapping: dict[str, Any], known: dict[str, Any]) -> list[str]:
    """The siblings below which a key may stand with this value: best those that stand empty."""
    homes = [
        name
        for name, part in known.items()
        if any(_may_be(schema, mapping[key]) for schema in _below(part, key))
    ]
    empty = [name for name in homes if name in mapping and mapping[name] is None]
    return empty or homes


def _may_be(schema: dict[str, Any], value: Any) -> bool:
    """Whether a value may stand there: a schema without a type takes every value."""
    return not {"type", "anyOf"} & resolved(schema).keys() or accepts_type(schema, value)


def _below(schema: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
    """What may stand behind a key inside a mapping of any of a schema's forms."""
    for branch in resolved(schema).get("anyOf", [schema]):
        if key in (properties := resolved(branch).get("properties", {})):
            yield properties[key]
