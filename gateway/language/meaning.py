"""Values as they are meant: what is equal here means the same, however it was written."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from gateway.language.literals import text_of
from gateway.language.spec import Elements
from gateway.language.template import Template
from gateway.language.values import kind_of


def exact(value: Any) -> Hashable:
    """A value by its JSON types: neither 1 and true nor 1 and 1.0 are the same, for a form that
    carries their texts tells them apart. The order of keys says nothing; an instant is the same
    in every offset.
    """
    match value:
        case dict():
            return ("object", frozenset((key, exact(inner)) for key, inner in value.items()))
        case list() | tuple():
            return ("array", *map(exact, value))
        case datetime():
            return ("instant", value.timestamp())
        case UnsetType():  # a key that was not written
            return UNSET
        case Template():
            return ("template", value)
        case Elements():
            return ("elements", exact(value.rule))
        case msgspec.Struct():
            fields = ((name, getattr(value, name)) for name in value.__struct_fields__)
            written = frozenset((name, exact(one)) for name, one in fields if one is not UNSET)
            return (type(value).__name__, written)
    return (kind_of(value), text_of(value))
