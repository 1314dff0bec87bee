"""Plain values to specs."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.language.spec import OPERATORS, Condition, Elements, Hook, Operators


def decode(value: Any) -> Hook:
    """The spec of a document. Raises msgspec.ValidationError, with a path, at its first mistake."""
    return msgspec.convert(value, Hook, dec_hook=_extend)


def _extend(kind: type, value: Any) -> Any:
    if kind is not Elements:
        raise NotImplementedError(kind)
    if not isinstance(value, dict):
        return Elements(value)
    operators = [key for key in value if key in OPERATORS]
    if operators and len(operators) == len(value):
        return Elements(msgspec.convert(value, Operators, dec_hook=_extend))
    if operators or not value:
        raise ValueError("an element is described by operators or by paths, not by both or none")
    return Elements(
        {path: msgspec.convert(item, Condition, dec_hook=_extend) for path, item in value.items()}
    )
