"""The secrets that a hook refers to, wherever they stand in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec import UNSET

from gateway.language.spec import Hook

if TYPE_CHECKING:
    from gateway.language.yaml12 import Steps  # the parser, which workers do without

Kind = Literal["secret", "env"]


def references(hook: Hook) -> tuple[tuple[Kind, str], ...]:
    """Every `{secret: NAME}` and `{env: NAME}` of a hook as (kind, name), each once."""
    return tuple(dict.fromkeys((kind, name) for kind, name, _ in written_references(hook)))


def written_references(hook: Hook) -> Iterator[tuple[Kind, str, Steps]]:
    """Each place where a hook refers to a secret, with the steps that lead there."""
    return _below(hook, ())


def _below(value: object, steps: Steps) -> Iterator[tuple[Kind, str, Steps]]:
    if isinstance(value, msgspec.Struct):
        for kind in ("secret", "env"):
            name = getattr(value, kind, UNSET)
            if isinstance(name, str):
                yield kind, name, (*steps, kind)
        for field, key in zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True):
            yield from _below(getattr(value, field), (*steps, key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _below(item, (*steps, index))
