"""Values of another type, of another form, beyond their bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from jsonschema import ValidationError

from gateway.language.explain.branches import tagged, tags_of
from gateway.language.explain.hints import hint_for_bounds, hint_for_type
from gateway.language.explain.sentences import (
    called,
    details,
    did_you_mean,
    form,
    listed,
    one_of,
    quoted,
    shown,
)
from gateway.language.explain.slips import hint_for_slip
from gateway.language.explain.validator import as_written, resolved
from gateway.language.literals import text_of
from gateway.language.mistake import Mistake
from gateway.language.values import kind_of
from gateway.language.yaml12 import Steps

Mistakes = Iterator[Mistake]


def wrong_type(error: ValidationError, steps: Steps) -> Mistakes:
    """A value of another type than the schema's."""
    yield not_of(error.instance, error.schema, steps, as_written(error))


def not_of(value: Any, schema: Any, steps: Steps, key: Any = None) -> Mistake:
    """A value that nothing of a schema takes; a secret is a special case of it. `key` is the
    schema where it refers to this one.
    """
    if _is_text(value) and _holds_secret(schema):
        return Mistake(
            "secret-in-yaml",
            steps,
            f"the file contains a secret, as {called(steps)}",
            "write {secret: NAME} or {env: NAME}, and replace the secret: this one was exposed",
        )
    if value is None and _is_rule(schema):
        return _empty(steps)
    if not steps:
        return _no_mapping(value, schema)
    what = form(schema)
    hint = hint_for_type(value, schema, key)
    if value is None:
        message = f"{called(steps)} has no value; it must be {what}"
        return Mistake("wrong-type", steps, message, hint)
    message = f"{called(steps)} must be {what}, not {shown(value, steps)}"
    return Mistake("wrong-type", steps, message, hint)


def _no_mapping(value: Any, schema: Any) -> Mistake:
    """A document that is no mapping: it may be a secret, and is not quoted."""
    what = "text" if isinstance(value, str) else "a number" if _is_text(value) else shown(value)
    message = f"a hook must be a mapping of keys to values, not {what}"
    return Mistake("wrong-type", (), message, hint_for_type(value, schema))


def _is_text(value: Any) -> bool:
    return kind_of(value) in ("string", "number")


def _holds_secret(schema: Any) -> bool:
    return any(branch.get("required") == ["secret"] for branch in resolved(schema).get("oneOf", ()))


def _is_rule(schema: Any) -> bool:
    schema = resolved(schema)
    return bool(schema.get("minProperties")) or schema.get("title") == "Match"


def unknown_value(error: ValidationError, steps: Steps) -> Mistakes:
    """A value that is not among those the schema lists."""
    schema: Any = error.schema
    yield not_among(error.instance, schema.get("enum", [schema.get("const")]), steps)


def not_among(value: Any, values: list[Any], steps: Steps) -> Mistake:
    """The same for values that are listed elsewhere."""
    message = f"{called(steps)} must be {one_of(values)}, not {shown(value)}"
    return Mistake("unknown-value", steps, message, did_you_mean(value, values))


def no_branch(value: Any, schema: Any, steps: Steps) -> Mistake:
    """A word that is none of the short forms; perhaps it is the tag of a long one."""
    name, tags = tags_of(schema["anyOf"])
    message = f"{called(steps)} must be {form(schema)}, not {shown(value, steps)}"
    if value not in tags:
        return Mistake("unknown-value", steps, message, did_you_mean(value, _short(schema) + tags))
    keys = [key for key in tagged(schema["anyOf"], value).get("required", ()) if key != name]
    hint = f"write `{name}: {value}` below {called(steps)}"
    hint += f", and {listed(map(quoted, keys), 'and')} next to it" if keys else ""
    return Mistake("unknown-value", steps, message, hint)


def _short(schema: Any) -> list[str]:
    branches = map(resolved, schema["anyOf"])
    return [one for branch in branches for one in branch.get("enum", [branch.get("const")]) if one]


def bad_format(error: ValidationError, steps: Steps) -> Mistakes:
    """Text of another form."""
    schema: Any = error.schema
    message = f"{called(steps)} must be {form(schema)}, not {shown(error.instance, steps)}"
    slip = hint_for_slip(schema.get("title", ""), str(error.instance))
    form_of = hint_for_bounds(schema, as_written(error)) or details(schema)
    yield Mistake("bad-format", steps, message, slip or form_of or _example(schema))


def _example(schema: Any) -> str:
    examples = schema.get("examples", ())
    return f"for example {examples[0]}" if examples else ""


def limit(
    code: str, bound: str, words_for_one: str, words: str
) -> Callable[[ValidationError, Steps], Mistakes]:
    """What explains a length beyond its limit, in these words."""

    def explain(error: ValidationError, steps: Steps) -> Mistakes:
        number = error.validator_value
        plural = words if number != 1 else words_for_one
        yield Mistake(code, steps, f"{called(steps)} must have {bound} {number} {plural}")

    return explain


def out_of_range(error: ValidationError, steps: Steps) -> Mistakes:
    """A number beyond its bounds."""
    schema: Any = error.schema
    bounds = (("at least", schema.get("minimum")), ("at most", schema.get("maximum")))
    said = listed([f"{words} {bound}" for words, bound in bounds if bound is not None], "and")
    message = f"{called(steps)} must be {said}, not {text_of(error.instance)}"
    yield Mistake("out-of-range", steps, message)


def empty_rule(_error: ValidationError, steps: Steps) -> Mistakes:
    """A mapping without a key, where that would be a rule which says nothing."""
    yield _empty(steps)


def _empty(steps: Steps) -> Mistake:
    message = f"{called(steps)} is empty"
    return Mistake(
        "empty-rule", steps, message, "write its conditions below it with indentation, or remove it"
    )
