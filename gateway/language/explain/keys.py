"""Keys that are unknown, missing, in excess, or of another form."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from jsonschema import ValidationError

from gateway.language.explain.hints import hint_for_key
from gateway.language.explain.sentences import called, closest, details, form, inside, quoted, shown
from gateway.language.lint.misplaced import in_key
from gateway.language.mistake import Mistake
from gateway.language.template import is_template
from gateway.language.yaml12 import Steps

Mistakes = Iterator[Mistake]

_COMPARED = 50
"""Unknown keys of a mapping that are held against the missing ones; comparing is slow."""


def parts(error: ValidationError) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema that refuses, and the mapping that it refuses."""
    schema: Any = error.schema
    value: Any = error.instance
    return schema, value


def is_key(error: ValidationError) -> bool:
    """Whether the error is about a key itself: it stands below `propertyNames`."""
    path = iter(error.absolute_schema_path)
    for part in path:
        if part == "propertyNames":
            return True
        if part == "properties":
            next(path)
    return False


def bad_key(error: ValidationError) -> Mistake:
    """A key of an author's choice that cannot be one."""
    steps, schema = tuple(error.absolute_path), parts(error)[0]
    if is_template(str(error.instance)):
        return in_key((*steps, str(error.instance)))
    what = f"a key of {called(steps)}" if steps else "a key"
    message = f"{what} must be {form(schema)}, not {shown(error.instance)}"
    steps = (*steps, str(error.instance))
    return Mistake("bad-key", steps, message, details(schema), on="key")


def unknown_keys(error: ValidationError, steps: Steps) -> Mistakes:
    """Each key of a mapping that the language does not have there."""
    schema, value = parts(error)
    for key in value:
        if key not in schema["properties"]:
            what = "an operator" if schema["title"] == "Operators" else f"a key of {called(steps)}"
            message = f"{quoted(key)} is not {what}"
            hint = hint_for_key(key, value, schema, steps)
            yield Mistake("unknown-key", (*steps, key), message, hint, on="key")


def missing_key(error: ValidationError, steps: Steps) -> Mistakes:
    """Each key that must be there; not one of which a misspelling is there."""
    schema, value = parts(error)
    known = schema["properties"]
    unknown = islice((key for key in value if key not in known), _COMPARED)
    meant = {closest(key, known) for key in unknown}
    for key in schema["required"]:
        if key not in value and key not in meant:
            what = inside(known[key].get("description", ""))
            yield Mistake("missing-key", steps, f"{called(steps)} needs '{key}'", what)


def exactly_one(error: ValidationError, steps: Steps) -> Mistakes:
    """Keys of which one and only one must be there."""
    schema, value = parts(error)
    if not isinstance(value, dict):
        return
    keys = [branch["required"][0] for branch in schema["oneOf"]]
    given = [key for key in value if key in keys]
    if not given and not any(closest(key, keys) for key in islice(value, _COMPARED)):
        hint = "write {secret: NAME} or {env: NAME}" if "secret" in keys else ""
        yield Mistake("missing-key", steps, f"{called(steps)} needs one of {', '.join(keys)}", hint)
    for key in given[1:]:
        message = f"{quoted(given[0])} and {quoted(key)} exclude each other"
        hint = f"{called(steps)} has exactly one of {', '.join(keys)}"
        yield Mistake("conflicting-keys", (*steps, key), message, hint, on="key")
