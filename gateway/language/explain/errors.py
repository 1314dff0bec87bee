"""Each keyword of JSON Schema that the schema uses, explained to an author."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from jsonschema import ValidationError

from gateway.language.explain.branches import Tag, branch_of, likely_tag, tag_of
from gateway.language.explain.hints import hint_for_key, hint_for_type
from gateway.language.explain.sentences import (
    called,
    closest,
    did_you_mean,
    form,
    inside,
    listed,
    one_of,
    quoted,
    shown,
)
from gateway.language.explain.validator import resolved, validator
from gateway.language.mistake import Mistake
from gateway.language.yaml12 import UNREADABLE, Steps

Mistakes = Iterator[Mistake]


def mistakes(value: Any) -> Mistakes:
    """Every mistake of a document that the schema knows of, in no order."""
    for error in validator().iter_errors(value):
        # jsonschema has an error for each missing key, which does not say which key it is.
        yield from dict.fromkeys(_explain(error))


def _explain(error: ValidationError) -> Mistakes:
    if error.instance is UNREADABLE:
        return
    if _is_key(error):
        yield _bad_key(error)
    else:
        yield from EXPLAINERS[str(error.validator)](error, tuple(error.absolute_path))


def _parts(error: ValidationError) -> tuple[dict[str, Any], dict[str, Any]]:
    schema: Any = error.schema
    value: Any = error.instance
    return schema, value


def _is_key(error: ValidationError) -> bool:
    """Whether the error is about a key itself: it stands below `propertyNames`."""
    path = iter(error.absolute_schema_path)
    for part in path:
        if part == "propertyNames":
            return True
        if part == "properties":
            next(path)
    return False


def _bad_key(error: ValidationError) -> Mistake:
    steps = tuple(error.absolute_path)
    what = form(error.schema)  # type: ignore[arg-type]
    message = f"{quoted(error.instance)} cannot be a key of {called(steps)}, which is {what}"
    return Mistake("bad-key", (*steps, str(error.instance)), message, on="key")


def _unknown_keys(error: ValidationError, steps: Steps) -> Mistakes:
    schema, value = _parts(error)
    for key in value:
        if key not in schema["properties"]:
            what = "an operator" if schema["title"] == "Operators" else f"a key of {called(steps)}"
            message = f"{quoted(key)} is not {what}"
            hint = hint_for_key(key, value, schema)
            yield Mistake("unknown-key", (*steps, key), message, hint, on="key")


def _missing_key(error: ValidationError, steps: Steps) -> Mistakes:
    schema, value = _parts(error)
    known = schema["properties"]
    meant = {closest(key, known) for key in value if key not in known}
    for key in schema["required"]:
        if key not in value and key not in meant:
            what = inside(known[key].get("description", ""))
            yield Mistake("missing-key", steps, f"{called(steps)} needs '{key}'", what)


def _exactly_one(error: ValidationError, steps: Steps) -> Mistakes:
    schema, value = _parts(error)
    if not isinstance(value, dict):
        return
    keys = [branch["required"][0] for branch in schema["oneOf"]]
    given = [key for key in value if key in keys]
    if not given and not any(closest(key, keys) for key in value):
        yield Mistake("missing-key", steps, f"{called(steps)} needs one of {', '.join(keys)}")
    for key in given[1:]:
        message = f"{quoted(given[0])} and {quoted(key)} exclude each other"
        hint = f"{called(steps)} has exactly one of {', '.join(keys)}"
        yield Mistake("conflicting-keys", (*steps, key), message, hint, on="key")


def _wrong_type(error: ValidationError, steps: Steps) -> Mistakes:
    yield _not_of(error.instance, error.schema, steps)


def _not_of(value: Any, schema: Any, steps: Steps) -> Mistake:
    if isinstance(value, str) and _holds_secret(schema):
        return Mistake(
            "secret-in-yaml",
            steps,
            f"a secret stands in the file, as {called(steps)}",
            "write {secret: NAME} or {env: NAME}, and take a new secret: this one has been shown",
        )
    what = form(schema) if steps else "a mapping of keys to values"
    hint = hint_for_type(value, schema)
    if value is None:
        message = f"{called(steps)} has no value; it must be {what}"
        return Mistake("wrong-type", steps, message, hint)
    message = f"{called(steps)} must be {what}, not {shown(value, steps)}"
    return Mistake("wrong-type", steps, message, hint)


def _holds_secret(schema: Any) -> bool:
    return any(branch.get("required") == ["secret"] for branch in resolved(schema).get("oneOf", ()))


def _unknown_value(error: ValidationError, steps: Steps) -> Mistakes:
    schema: Any = error.schema
    values = schema.get("enum", [schema.get("const")])
    yield _not_among(error.instance, values, steps)


def _not_among(value: Any, values: list[Any], steps: Steps) -> Mistake:
    message = f"{called(steps)} must be {one_of(values)}, not {shown(value)}"
    hint = did_you_mean(value, values)
    return Mistake("unknown-value", steps, message, hint)


def _bad_format(error: ValidationError, steps: Steps) -> Mistakes:
    schema: Any = error.schema
    message = f"{called(steps)} must be {form(schema)}, not {shown(error.instance, steps)}"
    examples = schema.get("examples", ())
    hint = f"for example {examples[0]}" if examples else ""
    yield Mistake("bad-format", steps, message, hint)


def _limit(
    code: str, bound: str, words_for_one: str, words: str
) -> Callable[[ValidationError, Steps], Mistakes]:
    def explain(error: ValidationError, steps: Steps) -> Mistakes:
        limit = error.validator_value
        plural = words if limit != 1 else words_for_one
        yield Mistake(code, steps, f"{called(steps)} must have {bound} {limit} {plural}")

    return explain


def _out_of_range(error: ValidationError, steps: Steps) -> Mistakes:
    schema: Any = error.schema
    bounds = (("at least", schema.get("minimum")), ("at most", schema.get("maximum")))
    said = listed([f"{words} {bound}" for words, bound in bounds if bound is not None], "and")
    message = f"{called(steps)} must be {said}, not {shown(error.instance, steps)}"
    yield Mistake("out-of-range", steps, message)


def _empty_rule(error: ValidationError, steps: Steps) -> Mistakes:
    hint = "write a condition, or remove the key"
    yield Mistake("empty-rule", steps, f"{called(steps)} is empty, and would say nothing", hint)


def _any_of(error: ValidationError, steps: Steps) -> Mistakes:
    schema, value = _parts(error)
    branches = schema["anyOf"]
    tag = tag_of(branches, value)
    chosen = branch_of(branches, value)
    if tag is not None and tag.wrong:
        if value[tag.name] is not UNREADABLE:
            yield _not_among(value[tag.name], tag.values, (*steps, tag.name))
    elif chosen is None:
        yield _not_of(value, schema, steps)
    else:
        if tag is not None and tag.missing:
            yield _no_tag(tag, branches[chosen], value, steps)
        for inner in error.context or ():
            if inner.relative_schema_path[0] == chosen:
                yield from (one for one in _explain(inner) if not _is_tag(one, tag, steps))


def _no_tag(tag: Tag, branch: Any, value: Any, steps: Steps) -> Mistake:
    likely = likely_tag(branch, value)
    hint = f"write {tag.name}: {likely}" if likely else f"one of {', '.join(tag.values)}"
    return Mistake("missing-key", steps, f"{called(steps)} needs '{tag.name}'", hint)


def _is_tag(one: Mistake, tag: Tag | None, steps: Steps) -> bool:
    """Whether a branch complains about the missing tag, too."""
    return tag is not None and one.steps == steps and one.message.endswith(f"needs '{tag.name}'")


EXPLAINERS: dict[str, Callable[[ValidationError, Steps], Mistakes]] = {
    "additionalProperties": _unknown_keys,
    "required": _missing_key,
    "oneOf": _exactly_one,
    "anyOf": _any_of,
    "type": _wrong_type,
    "enum": _unknown_value,
    "const": _unknown_value,
    "pattern": _bad_format,
    "format": _bad_format,
    "minLength": _limit("too-short", "at least", "character", "characters"),
    "maxLength": _limit("too-long", "at most", "character", "characters"),
    "minItems": _limit("too-short", "at least", "entry", "entries"),
    "maxItems": _limit("too-long", "at most", "entry", "entries"),
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "minProperties": _empty_rule,
}
"""By keyword. A test holds it to the keywords that the schema uses."""
