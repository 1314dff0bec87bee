"""Values as a plan shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import UNSET

from gateway.language.notation import notation
from gateway.language.proofs import CREDENTIALS

HIDDEN = "(not shown)"
"""Stands for what may be a credential, although none belongs into a file."""


def json(value: Any) -> str:
    """A value as compact JSON, so that text and numbers are told apart; empty where it is unset."""
    if value is UNSET:
        return ""
    return notation(value)


def listed(values: Iterable[str]) -> str:
    """`a, b, c`."""
    return ", ".join(values)


def header_values(headers: Mapping[str, str]) -> str:
    """Headers as JSON, without the values of those that commonly carry a secret."""
    return json({name: header_value(name, value) for name, value in headers.items()})


def header_value(name: str, value: Any) -> Any:
    """The value of a header, or what stands for it."""
    return HIDDEN if name.lower() in CREDENTIALS else value


def shortened(text: str, most: int = 8) -> str:
    """The beginning of a digest."""
    return text if len(text) <= most else f"{text[:most]}…"
