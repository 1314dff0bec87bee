"""The validator of the schema: offline, with the formats that the schema uses."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

import msgspec
from jsonschema import Draft202012Validator, FormatChecker, TypeChecker, ValidationError
from jsonschema.validators import extend
from referencing import Registry

from gateway.language.schema import hook_schema
from gateway.language.spec.scalars import Instant


@cache
def validator() -> Any:
    """One validator for the process. An empty registry: nothing is ever fetched."""
    kind: Any = extend(Draft202012Validator, type_checker=_types())  # type: ignore[no-untyped-call]
    return kind(hook_schema(), registry=Registry(), format_checker=_formats())


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """What a schema refers to, or the schema itself."""
    name = schema.get("$ref", "").removeprefix("#/$defs/")
    found: dict[str, Any] = hook_schema()["$defs"][name] if name else schema
    return found


def as_written(error: ValidationError) -> dict[str, Any]:
    """The schema of an error where it is referred to: with its default."""
    found: Any = hook_schema()
    step: Any
    for step in tuple(error.absolute_schema_path)[:-1]:
        below: Any = resolved(found) if "$ref" in found else found
        found = below[step]
    return found if isinstance(found, dict) else {}


def _types() -> Any:
    """The types of JSON, to which decimals are numbers and 5.0 is an integer."""
    plain: Any = Draft202012Validator.TYPE_CHECKER

    def is_number(_checker: TypeChecker, value: object) -> bool:
        return isinstance(value, Decimal) or bool(plain.is_type(value, "number"))

    def is_integer(_checker: TypeChecker, value: object) -> bool:
        if isinstance(value, Decimal):
            return value == value.to_integral_value()
        return bool(plain.is_type(value, "integer"))

    return plain.redefine_many({"number": is_number, "integer": is_integer})


def _formats() -> FormatChecker:
    checker = FormatChecker(formats=())
    checker.checks("date-time", raises=msgspec.ValidationError)(_is_instant)
    return checker


def _is_instant(value: object) -> bool:
    if isinstance(value, str):
        msgspec.convert(value, Instant)
    return True
