"""What can still be told about a document with errors."""

from __future__ import annotations

from typing import Annotated, Any, get_args

import msgspec
from msgspec import Meta

from gateway.language.lint.route import faults
from gateway.language.outcome import BrokenHook
from gateway.language.spec.hook import Method
from gateway.language.spec.scalars import Name, RoutePath
from gateway.language.yaml12 import Document

EVERY = get_args(Method)
_METHODS = Annotated[list[Method], Meta(min_length=1)]


def rescue(file: str, document: Document) -> BrokenHook:
    """A broken hook with the parts of it that are sound in themselves."""
    value = document.value if isinstance(document.value, dict) else {}
    name = name_of(document)
    route = _route(value, name)
    written = value.get("method")
    # One that is missing may be misspelt, or in the other half of the file: no caller is told that
    # the hook takes another method.
    methods = _sound([written] if isinstance(written, str) else written, _METHODS, EVERY)
    if value.get("enabled") is False or not route:
        return BrokenHook(file, document.index, name)
    return BrokenHook(file, document.index, name, route, tuple(dict.fromkeys(methods)))


def name_of(document: Document) -> str:
    """The name of the hook in a document, empty where it cannot be read."""
    value = document.value if isinstance(document.value, dict) else {}
    name: str = _sound(value.get("name"), Name, "")
    return name


def _route(value: dict[str, Any], name: str) -> str:
    default = f"/hooks/{name}" if name else ""
    route: str = _sound(value["path"], RoutePath, "") if "path" in value else default
    return "" if route and any(faults(route)) else route


def _sound(value: Any, kind: Any, otherwise: Any) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return otherwise
