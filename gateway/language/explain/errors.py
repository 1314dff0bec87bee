"""Each keyword of JSON Schema that the schema uses, explained to an author."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jsonschema import ValidationError

from gateway.language.explain.branches import Tag, branch_of, likely_tag, tag_of
from gateway.language.explain.keys import (
    Mistakes,
    bad_key,
    exactly_one,
    is_key,
    missing_key,
    parts,
    unknown_keys,
)
from gateway.language.explain.misplaced import misplaced
from gateway.language.explain.sentences import called
from gateway.language.explain.validator import resolved, validator
from gateway.language.explain.values import (
    bad_format,
    empty_rule,
    limit,
    no_branch,
    not_among,
    not_of,
    out_of_range,
    unknown_value,
    wrong_type,
)
from gateway.language.mistake import Mistake
from gateway.language.yaml12 import UNREADABLE, Steps


def mistakes(value: Any) -> Mistakes:
    """Every mistake of a document that the schema knows of, in no order."""
    # jsonschema has an error for each missing key, which does not say which key it is.
    known = set[Mistake]()
    for error in validator().iter_errors(value):
        for one in _explain(error):
            if one not in known:
                known.add(one)
                yield one


def _explain(error: ValidationError) -> Mistakes:
    if error.instance is UNREADABLE:
        return
    steps = tuple(error.absolute_path)
    if is_key(error):
        yield bad_key(error)
    elif template := misplaced(error.instance, steps):
        yield template
    else:
        yield from EXPLAINERS[str(error.validator)](error, steps)


def _any_of(error: ValidationError, steps: Steps) -> Mistakes:
    schema, value = parts(error)
    branches = schema["anyOf"]
    tag = tag_of(branches, value)
    chosen = branch_of(branches, value)
    if tag is not None and tag.wrong:
        if value[tag.name] is not UNREADABLE:
            yield not_among(value[tag.name], tag.values, (*steps, tag.name))
    elif tag is not None and tag.missing:
        yield from _no_tag(error, tag, chosen, steps)
    elif chosen is None:
        yield not_of(value, schema, steps)
    elif {"const", "enum"} & resolved(branches[chosen]).keys():
        yield no_branch(value, schema, steps)
    else:
        yield from _inside(error, chosen)


def _inside(error: ValidationError, chosen: int | None) -> Mistakes:
    """What the branch that was meant objects to."""
    for inner in error.context or ():
        if inner.relative_schema_path[0] == chosen:
            yield from _explain(inner)


def _no_tag(error: ValidationError, tag: Tag, chosen: int | None, steps: Steps) -> Mistakes:
    """A mapping without its tag; its other keys are judged only where they tell what it is."""
    schema, value = parts(error)
    likely = "" if chosen is None else likely_tag(schema["anyOf"][chosen], value)
    hint = f"write {tag.name}: {likely}" if likely else f"one of {', '.join(tag.values)}"
    yield Mistake("missing-key", steps, f"{called(steps)} needs '{tag.name}'", hint)
    if likely:
        said = f"{called(steps)} needs '{tag.name}'"
        yield from (one for one in _inside(error, chosen) if one.message != said)


EXPLAINERS: dict[str, Callable[[ValidationError, Steps], Mistakes]] = {
    "additionalProperties": unknown_keys,
    "required": missing_key,
    "oneOf": exactly_one,
    "anyOf": _any_of,
    "type": wrong_type,
    "enum": unknown_value,
    "const": unknown_value,
    "pattern": bad_format,
    "format": bad_format,
    "minLength": limit("too-short", "at least", "character", "characters"),
    "maxLength": limit("too-long", "at most", "character", "characters"),
    "minItems": limit("too-short", "at least", "entry", "entries"),
    "maxItems": limit("too-long", "at most", "entry", "entries"),
    "minimum": out_of_range,
    "maximum": out_of_range,
    "minProperties": empty_rule,
}
"""By keyword. A test holds it to the keywords that the schema uses."""
