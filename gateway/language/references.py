"""The secrets that a hook refers to, wherever they stand in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec
from msgspec import UNSET

from gateway.language.spec import Hook

Kind = Literal["secret", "env"]


def references(hook: Hook) -> tuple[tuple[Kind, str], ...]:
    """Every `{secret: NAME}` and `{env: NAME}` of a hook as (kind, name), each once."""
    return tuple(dict.fromkeys(_below(hook)))


def _below(value: object) -> Iterator[tuple[Kind, str]]:
    if isinstance(value, msgspec.Struct):
        for kind in ("secret", "env"):
            name = getattr(value, kind, UNSET)
            if isinstance(name, str):
                yield kind, name
        for field in value.__struct_fields__:
            yield from _below(getattr(value, field))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _below(item)
