"""What can still be told about a document with errors."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gateway.language.spec.hook import Method
from gateway.language.spec.scalars import Name, RoutePath
from gateway.language.yaml12 import Document


class BrokenHook(msgspec.Struct, frozen=True):
    """A document with errors, as far as it can be read: its path answers 503 at a cold start.

    `route` and `methods` are empty where even they cannot be read, or where the hook is disabled.
    """

    file: str
    document: int
    name: str = ""
    route: str = ""
    methods: tuple[str, ...] = ()


_METHODS = Annotated[list[Method], Meta(min_length=1)]


def rescue(file: str, document: Document) -> BrokenHook:
    """A broken hook with the parts of it that are sound in themselves."""
    value = document.value if isinstance(document.value, dict) else {}
    name = _sound(value.get("name"), Name, "")
    default = f"/hooks/{name}" if name else ""
    route = _sound(value["path"], RoutePath, "") if "path" in value else default
    written = value.get("method", "GET")
    methods = _sound([written] if isinstance(written, str) else written, _METHODS, [])
    if value.get("enabled") is False or not route or not methods:
        return BrokenHook(file, document.index, name)
    return BrokenHook(file, document.index, name, route, tuple(dict.fromkeys(methods)))


def _sound(value: Any, kind: Any, otherwise: Any) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return otherwise
