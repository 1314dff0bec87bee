"""The validator of the schema: offline, with the formats that the schema uses."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry

from gateway.language.schema import hook_schema
from gateway.language.spec.scalars import Instant


@cache
def validator() -> Any:
    """One validator for the process. An empty registry: nothing is ever fetched."""
    return Draft202012Validator(hook_schema(), registry=Registry(), format_checker=_formats())


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """What a schema refers to, or the schema itself."""
    name = schema.get("$ref", "").removeprefix("#/$defs/")
    found: dict[str, Any] = hook_schema()["$defs"][name] if name else schema
    return found


def _formats() -> FormatChecker:
    checker = FormatChecker(formats=())
    checker.checks("date-time", raises=msgspec.ValidationError)(_is_instant)
    return checker


def _is_instant(value: object) -> bool:
    if isinstance(value, str):
        msgspec.convert(value, Instant)
    return True
